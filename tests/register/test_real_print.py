"""The carnet as it is really printed finds its own blank again."""

from __future__ import annotations

import numpy as np
import pytest
from pdf2image import convert_from_path

from pipeline.compose import blank_pages, print_carnets
from pipeline.define import form_folders, open_shelf
from pipeline.model.identity import carnet_number
from pipeline.model.order import PrintOrder
from pipeline.model.scan import RegisteredPage, ScanImage, SourceRef
from pipeline.register import find_pages

CARNET = carnet_number(26, 731)
BOOKLET = [(12, 1), (2, 11), (10, 3), (4, 9), (8, 5), (6, 7)]


@pytest.mark.slow
@pytest.mark.parametrize(("turns", "bitonal"), [(0, False), (1, False), (2, True)])
def test_every_page_of_a_printed_carnet_is_placed(tmp_path, settings, turns, bitonal):
    shelf = open_shelf(form_folders())
    form = shelf.latest("carnet")
    print_carnets(form, [PrintOrder(carnet=CARNET)], out_dir=tmp_path)
    sides = convert_from_path(tmp_path / "carnets.pdf", dpi=200, grayscale=True)
    assert len(sides) == len(BOOKLET)
    for number, (side, pages) in enumerate(zip(sides, BOOKLET, strict=True), start=1):
        pixels = np.ascontiguousarray(np.rot90(np.asarray(side.convert("L")), turns))
        pixels = np.where(pixels > 150, 255, 0).astype(np.uint8) if bitonal else pixels
        source = SourceRef(path="carnets.pdf", sha256="0" * 64, side=number)
        image = ScanImage(pixels=pixels, dpi=200.0, source=source)
        found = find_pages(image, shelf, blank_pages, lambda crop: None, settings)
        assert all(isinstance(page, RegisteredPage) for page in found), found
        assert [(page.slot, page.identity.page, page.identity.carnet) for page in found] == [
            (1, pages[0], CARNET),
            (2, pages[1], CARNET),
        ]
        assert max(page.pose.residual_mm for page in found) < 0.06
