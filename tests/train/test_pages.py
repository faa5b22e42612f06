"""Training cells cut from our own pages: labelled rightly, the same each time, in any number of processes."""

from collections import Counter

import numpy as np
import pytest

from pipeline.train.pages import page_cells
from pipeline.train.sets import Drawings, Images, Sets

BAR = (np.array([[0.1, 0.0], [0.1, 1.0]], np.float32),)


def toy():
    """One writer who draws a bar for every digit, and images that are bars too."""
    picture = np.zeros((28, 28), np.uint8)
    picture[4:24, 13:16] = 255
    images = Images(x=np.stack([picture] * 10), y=np.arange(10, dtype=np.uint8))
    drawings = Drawings(strokes=(BAR,) * 10, y=np.arange(10, dtype=np.uint8), writer=np.zeros(10, np.int16))
    return Sets(mnist=images, semeion=images, pendigits=drawings, letters=images)


@pytest.mark.slow
def test_cells_are_cut_from_pages_and_do_not_depend_on_processes():
    one, two = (page_cells(toy(), sheets=4, seed=3, processes=n) for n in (1, 2))
    assert np.array_equal(one.x, two.x)
    assert np.array_equal(one.y, two.y)
    assert one.x.shape[1:] == (28, 28)
    assert len(one.y) > 60
    assert len(Counter(one.y.tolist())) >= 9
