"""The model card claims what was measured, and a repetition only where the bytes are the same."""

import json

from pipeline.read.engines.digits import CARD, DOUBT, GLANCE
from pipeline.train import card

NETWORKS = (b"first", b"asked in doubt")
TRAINING = json.loads(CARD.read_text(encoding="utf-8"))["training"] | {
    "cells_sha256": {"drawn": "1" * 64, "pages": "2" * 64},
    "code": "abc1234",
    "given_before_by": "",
}


def made(contents, **training):
    """A card of these networks, with the figures of the shipped ones left out."""
    silence = card.Silence(n=10, sure=0, high=0.28)
    return card.card(
        contents, temperatures=(0.6, 0.7), doubters=2, training=TRAINING | training, scores=[], silence=silence
    )


def test_a_repetition_is_told_only_of_the_same_bytes(tmp_path):
    assert card.given_before_by(tmp_path, NETWORKS) == ""
    card.write(tmp_path, NETWORKS, made(NETWORKS))
    assert card.given_before_by(tmp_path, NETWORKS) == "abc1234"
    assert card.given_before_by(tmp_path, (b"first", b"another")) == ""
    (tmp_path / CARD.name).write_text("{}", encoding="utf-8")
    assert card.given_before_by(tmp_path, NETWORKS) == ""


def test_the_card_says_whether_the_training_was_run_twice():
    assert "not run twice at full length" in card.text(made(NETWORKS))
    again = card.text(made(NETWORKS, given_before_by="abc1234"))
    assert "that of commit abc1234 had given these very bytes" in again
    assert "not run twice" not in again
    assert "1" * 16 + "…" in again
    assert "2" * 16 + "…" in again


def test_networks_and_both_cards_are_written(tmp_path):
    card.write(tmp_path, NETWORKS, made(NETWORKS))
    assert [(tmp_path / path.name).read_bytes() for path in (GLANCE, DOUBT)] == list(NETWORKS)
    assert json.loads((tmp_path / CARD.name).read_text(encoding="utf-8"))["engine"] in (
        tmp_path / CARD.with_suffix(".md").name
    ).read_text(encoding="utf-8")
