"""Which print can be held against the print beside it."""

import cv2
import numpy as np
import pytest

from pipeline.register.anchors import _is_distinct

SIZE = 32
CORNER = (40, 40)


def drawn(*, rule=False, comb=0, box=False):
    """White paper with a rule along a patch, a comb of lines so many pixels apart, or a box in its middle."""
    paper = np.full((112, 112), 255, np.uint8)
    if rule:
        cv2.line(paper, (0, 56), (111, 56), 0, 1)
    if comb:
        paper[30:82, 2::comb] = 0
    if box:
        cv2.rectangle(paper, (48, 48), (64, 64), 0, 1)
    return paper


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (drawn(box=True), True),
        (drawn(box=True, rule=True), True),
        (drawn(rule=True), False),
        (drawn(comb=5), False),
        (drawn(comb=24, box=True), True),  # cells 6 mm apart, as those of numbers
    ],
)
def test_a_rule_and_a_fine_comb_look_like_the_print_beside_them(paper, expected):
    assert _is_distinct(paper, CORNER, SIZE) is expected
