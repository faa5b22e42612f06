"""The bare paper of a page: its level, estimated locally."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.model.scan import Grey
from pipeline.read.ground import Ground, by_block, grey, halved

_PAPER_SPAN = 9  # blocks: ink narrower than 9 mm does not lower the paper level
_KNOWN_SHARE = 96  # of 255: blocks with less bare paper say nothing
_NEARLY_PAPER = 0.88
_DARKEST_PAPER = 50


def paper_level(pixels: Grey, ground: Ground) -> Grey:
    """Brightness of the bare paper, one value per block.

    Blocks are averaged where the blank says there is no print; ink narrower than a
    hand's stroke is closed over, so that shadows and stains stay and writing goes.
    """
    bare = by_block(grey(cv2.bitwise_and(halved(pixels), ground.bare)))
    share = ground.bare_share.astype(np.float32)
    level = np.minimum(np.where(share > _KNOWN_SHARE, bare * (255.0 / np.maximum(share, 1.0)), 0.0), 255.0)
    span = np.ones((_PAPER_SPAN, _PAPER_SPAN), np.uint8)
    closed = np.maximum(cv2.morphologyEx(level.astype(np.uint8), cv2.MORPH_CLOSE, span), 1)
    # Closing fills the bottom of a shadow; where the lightest block around is nearly as
    # light, it is paper and says by how much.
    lightest = cv2.dilate((level / closed).astype(np.float32), np.ones((3, 3), np.uint8))
    paper = closed * np.where(lightest > _NEARLY_PAPER, np.minimum(lightest, 1.0), 1.0)
    return grey(cv2.GaussianBlur(grey(paper), (5, 5), 0))


def contrast_map(pixels: Grey, paper: Grey) -> Grey:
    """Darkness of every pixel against the paper around it, 0 (paper) to 255 (black)."""
    level = cv2.resize(np.maximum(paper, _DARKEST_PAPER), (pixels.shape[1], pixels.shape[0]))
    return grey(cv2.bitwise_not(cv2.divide(pixels, level, scale=255)))
