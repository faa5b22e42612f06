"""Training of one member: the same seed gives the same weights, other seeds others, and it learns."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="only what trains has PyTorch")

from pipeline.read.engines.digits import prepare  # noqa: E402 - after PyTorch is known to be there
from pipeline.train import export, hands, ink, network, paper  # noqa: E402
from pipeline.train.fit import Material, Schedule, judge, train  # noqa: E402
from pipeline.train.recipe import Examples  # noqa: E402

SHORT = Schedule(epochs=2, batch=32)


def imagined(seed, count=640):
    """Cells of one imagined hand on white paper, drawn anew for each seed."""
    rng = np.random.default_rng(seed)
    writer, tool = hands.hand(np.random.default_rng(77)), ink.Pen(height=40, width=0.08, tremor=0)
    digits = np.arange(count) % 10
    cells = [prepare(paper.clean(ink.drawn(writer.draw(int(digit), rng), tool, rng), rng)) for digit in digits]
    return Examples(x=np.round(np.stack(cells) * 255).astype(np.uint8), y=digits.astype(np.uint8))


def bytes_of(member):
    """The network file of one member alone."""
    return export.graph([network.frozen(member, network.DOUBT)])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    stock = [Material(examples=imagined(1), times=2), Material(examples=imagined(2, 100), strength=1, share=1)]
    one, same, other = (train(stock, imagined(3, 100), SHORT, seed, layers=network.DOUBT) for seed in (5, 5, 6))
    assert bytes_of(one) == bytes_of(same) != bytes_of(other)


def test_a_member_learns_alone_and_from_teachers():
    stock, unseen = [Material(examples=imagined(1), times=4)], imagined(2, 200)
    teacher = train(stock, unseen, SHORT, 0, layers=network.DOUBT)
    pupil = train(stock, unseen, SHORT, 1, layers=network.GLANCE, teachers=[teacher])
    assert judge(teacher, unseen)[1] >= 0.9
    assert judge(pupil, unseen)[1] >= 0.9
