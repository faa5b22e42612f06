"""Read: from a registered page to measures, numbers only.

The page is compared once with its printed blank, under a paper level estimated locally;
what remains is ink.  Tick boxes, character cells and free zones are then measured, and
digit cells shown to the recogniser.  No threshold of decision and no verdict here: what a
measure means is judged in ``decide``, in the light of the whole carnet.
"""

from __future__ import annotations

from pipeline.read.engines.printed import read_number
from pipeline.read.page import ink_map, masked_image, read_page
from pipeline.read.texts import suggest

__all__ = ["ink_map", "masked_image", "read_number", "read_page", "suggest"]
