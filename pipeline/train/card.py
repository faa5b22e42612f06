"""The model card: what the network was made of, its hash, and how good it is, by set."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.read.engines.digits import CARD, DOUBT, GLANCE, SURE
from pipeline.train.measure import Score, Silence

SOURCES = {
    "digits_mnist_train10k.npz": "MNIST, 10 000 first training images (Y. LeCun, C. Cortes), CC BY-SA 3.0; US writers",
    "digits_semeion_dev.npz": "Semeion, first 800 rows (UCI, Semeion and Tattile, 1994), CC BY 4.0; Italian writers",
    "digits_pendigits_dev.npz": "Pendigits, 14 writers (UCI, Alpaydin and Alimoglu, 1998), CC BY 4.0; Turkish writers",
    "capitals_fr_pupils_dev.npz": "capitals of French pupils (stated CC0), as examples of what is no digit",
}
OWN = (
    "digits drawn from stroke shapes of our own (pipeline/train/hands.py, and those the rehearsal writes with: its "
    "hands are new each time, their shapes are not), and all that is no digit (pipeline/train/negatives.py)"
)


def card(
    contents: tuple[bytes, bytes],
    *,
    temperatures: tuple[float, float],
    doubters: int,
    training: dict[str, Any],
    scores: list[Score],
    silence: Silence,
) -> dict[str, Any]:
    """The card as data."""
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    # Other temperatures are another engine: what a campaign fitted on its probabilities holds no longer.
    whole = hashlib.sha256("".join([*digests, *map(str, temperatures)]).encode()).hexdigest()
    return {
        "engine": f"digits-{whole[:8]}",
        "sha256": {path.name: digest for path, digest in zip((GLANCE, DOUBT), digests, strict=True)},
        "bytes": sum(len(content) for content in contents),
        "doubters": doubters,
        "temperatures": temperatures,
        "sure": SURE,
        "training": training,
        "scores": [_rounded(asdict(one)) for one in scores],
        "no_digit": _rounded(asdict(silence)),
    }


def given_before_by(folder: Path, contents: tuple[bytes, bytes]) -> str:
    """The commit whose training wrote the very same networks into ``folder``; empty where there are none or others."""
    try:
        before = json.loads((folder / CARD.name).read_text(encoding="utf-8"))
        same = list(before["sha256"].values()) == [hashlib.sha256(content).hexdigest() for content in contents]
        return str(before["training"]["code"]) if same else ""
    except (OSError, ValueError, KeyError):
        return ""


def write(folder: Path, contents: tuple[bytes, bytes], found: dict[str, Any]) -> None:
    """The networks, their card as data, and their card to read."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in zip((GLANCE, DOUBT), contents, strict=True):
        (folder / path.name).write_bytes(content)
    (folder / CARD.name).write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / CARD.with_suffix(".md").name).write_text(text(found), encoding="utf-8")


def text(found: dict[str, Any]) -> str:
    """The card to read."""
    training = found["training"]
    rows = "\n".join(_row(one) for one in found["scores"])
    quiet = found["no_digit"]
    files = ", ".join(f"`{name}` (sha256 `{digest}`)" for name, digest in found["sha256"].items())
    data = "\n".join(
        f"- `{name}` (sha256 {digest[:16]}…): {SOURCES.get(name, '')}" for name, digest in training["data"].items()
    )
    return f"""# The digit network `{found["engine"]}`

One handwritten digit a cell; eleven classes: 0–9 and *no digit*.  Written by `make train`; do not edit.

- {files}; {found["bytes"]:,} bytes in all, ONNX opset 13, run by `cv2.dnn`; the engine refuses any other file
- `digits.onnx` sees every cell; where it gives no class {found["sure"]}, the {found["doubters"]} members of \
`digits-doubt.onnx` are asked too and all scores averaged
- {training["members"]} members of {", ".join(f"{count:,}" for count in training["weights"])} weights; temperatures \
{found["temperatures"][0]} (first alone) and {found["temperatures"][1]} (all)
- measured {training["cpu_ms_per_cell"]} ms of CPU a cell on one core, preparation included

## What it was trained on
{data}
- {OWN}

{_trained(training)}

## How well it reads writers it has never met
Right: the most probable of the ten digits, nothing refused.  Accepted: share of cells, surest first, among which one \
in 1000 is wrong.  *Scanned*: drawn from held-out writers with random pens and damaged as in training, a rim cut off \
or half the contrast gone included: harder than most cells of an office scan.  *Printed pages*: cut by the reading \
out of whole pages filled by held-out writers, scanned in seven ways.

| set | n | right | 95 % interval | calibration error | accepted |
| --- | --- | --- | --- | --- | --- |
{rows}

Scribbles, struck-out or overwritten digits, two digits, marks, letters: {quiet["sure"]} of {quiet["n"]} have a digit \
at 0.99 or more (upper bound {100 * quiet["high"]:.2f} %).

## What it is not for
Letters, printed digits, several digits in one image, cells whose frame is still there.  No digit written on a real \
French form was at hand: French habits come from strokes of our own and from Turkish and Italian writers.
"""


def _trained(training: dict[str, Any]) -> str:
    """How much was drawn and learnt, with which code, and which writers were kept apart."""
    plain = ", ".join(f"{name} {_times(times)}" for name, times in training["plain_times"].items())
    return f"""{training["examples"][0]:,} examples drawn from seed {training["seed"]}, and \
{training["page_cells"]:,} cut by the reading itself out of pages printed, filled by training hands and scanned in \
seven ways, for the member of \
`digits.onnx`: {training["epochs"][0]} epochs.  For each of `digits-doubt.onnx`, which came first and taught it, \
{training["epochs"][1]} epochs of the first {training["examples"][1]:,} of those, of the cells of pages \
({_times(training["page_times"])} an epoch), and of real digits of training writers as they are ({plain} an epoch), \
bent anew each time they are seen.  \
PyTorch {training["torch"]}, {training["cpu_minutes"]} CPU minutes in all.  Trained with the code \
of commit {training["code"]}: every draw is seeded, so that the same code, libraries and kind of processor should \
give the same files ({_repeated(training)}); another version of \
the reading cuts pages a little otherwise and gives other weights and somewhat other figures (sha256 of the \
cells: drawn {training["cells_sha256"]["drawn"][:16]}…, of pages {training["cells_sha256"]["pages"][:16]}…).  \
Temperatures and all \
figures below are of commit {training["calibrated"]} (`make train`, or `python -m pipeline.train --calibrer` alone, \
which keeps the networks).  Augmented towards \
France: upstroke on the 1, bar on the 7, open 4, slant, tremor, pens \
from hair line to felt, pencil, bitonal scans, JPEG, remains of the frame, a neighbour's tail, a rim cut off.

Held out by writer: MNIST the last 200 of each class, Semeion rows 600–799, pendigits writers \
{training["test_writers"]} (validation {training["validation_writers"]}), other imagined hands.  Validation writers \
chose the epoch and, on printed pages and as they are, the temperatures; test writers were only read."""


def _repeated(training: dict[str, Any]) -> str:
    """Whether this training has been run twice, by what is known here."""
    before = training["given_before_by"]
    return f"that of commit {before} had given these very bytes" if before else "not run twice at full length"


def _times(count: int) -> str:
    """How often, in words where English has one."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _row(one: dict[str, Any]) -> str:
    """One line of the table."""
    return (
        f"| {one['name']} | {one['n']} | {100 * one['right'] / one['n']:.2f} % | "
        f"{100 * one['low']:.2f}–{100 * one['high']:.2f} % | {100 * one['ece']:.2f} % | {100 * one['accepted']:.1f} % |"
    )


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    """Shares to five decimals."""
    return {key: round(value, 5) if isinstance(value, float) else value for key, value in values.items()}
