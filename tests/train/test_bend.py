"""Cells bent anew in training: as they were at strength 0, the same digit otherwise, the same for the same seed."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="only what trains has PyTorch")

from pipeline.train.bend import bent  # noqa: E402 - after PyTorch is known to be there


def ring(count=64):
    """A ring of ink, many times."""
    y, x = np.mgrid[0:28, 0:28] - 13.5
    cell = np.exp(-((np.hypot(x, y) - 7) ** 2) / 2).astype(np.float32)
    return torch.from_numpy(np.repeat(cell[None, None], count, axis=0))


def test_strength_0_leaves_a_cell_as_it_is():
    found = bent(ring(), np.zeros(64, np.float32), np.random.default_rng(1))
    assert torch.allclose(found, ring(), atol=1e-4)


def test_full_strength_bends_each_cell_its_own_way_and_loses_no_ink():
    strength = np.ones(64, np.float32)
    found = bent(ring(), strength, np.random.default_rng(1))
    assert float((found - ring()).abs().amax(dim=(1, 2, 3)).min()) > 0.05
    assert float((found[0] - found[1]).abs().max()) > 0.05
    ink = found.sum(dim=(1, 2, 3)) / ring().sum(dim=(1, 2, 3))
    assert float(ink.min()) > 0.6
    assert float(ink.max()) < 1.6
    assert torch.equal(found, bent(ring(), strength, np.random.default_rng(1)))
