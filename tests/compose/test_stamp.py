import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.compose.stamp import code_bits, marker_bits, pattern, rounded


def drawn(operators, size):
    """The rectangles of a path, painted; a cell painted twice is a mistake."""
    grid = np.zeros((size, size), dtype=int)
    for line in operators.splitlines()[:-1]:
        column, row, length, height, operator = line.split()
        assert (height, operator) == ("1", "re")
        grid[int(row), int(column) : int(column) + int(length)] += 1
    return grid


@given(hnp.arrays(bool, (16, 16)))
def test_merged_runs_cover_every_black_module_once(bits):
    assert (drawn(pattern(bits), 16) == bits).all()


@given(st.text("0123456789", min_size=21, max_size=21))
def test_a_code_is_16_modules_square_and_says_its_digits(payload):
    bits = code_bits(payload)
    assert bits.shape == (16, 16)
    image = np.pad(np.where(bits, 0, 255).astype(np.uint8), 2, constant_values=255)
    (found,) = zxingcpp.read_barcodes(np.kron(image, np.ones((6, 6), np.uint8)))
    assert found.text == payload


def test_a_payload_of_another_size_is_refused():
    with pytest.raises(ValueError, match="modules"):
        code_bits("1" * 60)


@pytest.mark.parametrize("marker", [0, 7, 51, 159])
def test_a_marker_is_found_as_itself(marker):
    image = np.pad(np.where(marker_bits(marker), 0, 255).astype(np.uint8), 3, constant_values=255)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    _, ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(np.kron(image, np.ones((8, 8), np.uint8)))
    assert ids.reshape(-1).tolist() == [marker]


@given(st.floats(-1000, 1000))
def test_numbers_of_a_content_stream_are_plain(value):
    assert "e" not in rounded(value)
    assert float(rounded(value)) == pytest.approx(value, abs=5.1e-5)
