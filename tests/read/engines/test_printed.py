"""The printed number, read as a last resort and proved by its check digits."""

import shutil

import cv2
import numpy as np
import pytest

from pipeline.model.identity import carnet_number
from pipeline.read.engines import printed

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")


def zone(number, second="carnet 2026.1 - page 2", dpi=200, noise=0.0):
    """The zone beside a code, drawn with OpenCV's own letters."""
    k = dpi / 25.4
    fine = np.full((round(7 * k * 4), round(50 * k * 4)), 255, np.uint8)
    cv2.putText(fine, number, (20, round(3.6 * k * 4)), cv2.FONT_HERSHEY_SIMPLEX, 2.9 * k * 4 / 21, 0, 8, cv2.LINE_AA)
    cv2.putText(fine, second, (20, round(6.4 * k * 4)), cv2.FONT_HERSHEY_SIMPLEX, 1.8 * k * 4 / 21, 0, 5, cv2.LINE_AA)
    page = cv2.resize(fine, (round(50 * k), round(7 * k)), interpolation=cv2.INTER_AREA).astype(float)
    page += np.random.default_rng(1).normal(0, noise, page.shape)
    return np.clip(page * 0.93, 0, 255).astype(np.uint8)


@needs_tesseract
@pytest.mark.parametrize("serial", [4271, 918273, 100000])
def test_a_number_is_read(serial):
    number = carnet_number(26, serial)
    found = printed.read_number(zone(number, noise=4))
    assert found is not None
    assert found.carnet == number


@needs_tesseract
def test_a_number_with_wrong_check_digits_is_never_returned():
    number = carnet_number(26, 4271)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert printed.read_number(zone(wrong)) is None


@needs_tesseract
def test_an_empty_zone_yields_nothing():
    assert printed.read_number(np.full((55, 394), 240, np.uint8)) is None


def test_without_tesseract_nothing_is_read_and_it_is_said(monkeypatch):
    import pytesseract

    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "/nowhere/tesseract")
    assert printed.read_number(zone("26-004271-20")) is None
    assert "tesseract-ocr" in printed.available()


@needs_tesseract
def test_with_tesseract_and_french_nothing_is_missing():
    assert printed.available() == ""


def test_the_small_line_names_form_version_and_page(monkeypatch):
    number = carnet_number(26, 4271)
    monkeypatch.setattr(printed, "_ocr", lambda image, config: f"{number}\ncarnet 2026.1 · page 12\n")
    line = printed.read_number(zone(number))
    assert (line.carnet, line.form, line.version, line.page) == (number, "carnet", "2026.1", 12)


def test_letters_taken_for_digits_are_put_right_only_if_the_check_holds(monkeypatch):
    number = carnet_number(26, 4271)
    monkeypatch.setattr(printed, "_ocr", lambda image, config: number.replace("0", "O").replace("1", "l"))
    assert printed.read_number(zone(number)).carnet == number
    monkeypatch.setattr(printed, "_ocr", lambda image, config: number.replace("4", "9"))
    assert printed.read_number(zone(number)) is None
