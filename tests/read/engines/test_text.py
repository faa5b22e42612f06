"""The optional engine for handwritten lines: no network, no exception, absent means none."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from pipeline.errors import DependencyError
from pipeline.read.engines import text


def line(words, width=420):
    picture = np.full((64, width), 245, np.uint8)
    cv2.putText(picture, words, (12, 44), cv2.FONT_HERSHEY_DUPLEX, 1.1, 40, 2, cv2.LINE_AA)
    return picture


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(text, "find_spec", lambda _: None)
    text._engine.cache_clear()
    assert not text.available()
    with pytest.raises(DependencyError) as caught:
        text.guess_lines([line("bonjour")])
    assert "[htr]" in caught.value.message


@pytest.mark.slow
def test_lines_are_guessed_with_the_network_blocked():
    pytest.importorskip("rapidocr")
    script = (
        "import socket\n"
        "def blocked(*_, **__): raise OSError('blocked')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = blocked\n"
        "from tests.read.engines.test_text import line\n"
        "from pipeline.read.engines import text\n"
        "import numpy as np\n"
        "found = text.guess_lines([line('association'), np.full((40, 90), 250, np.uint8), line('x')[:5]])\n"
        "assert found[0].text.lower() == 'association', found\n"
        "assert 0 < found[0].score <= 1\n"
        "assert [one.text for one in found[1:]] == ['', ''], found\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_reading_does_not_load_it():
    code = "import sys, pipeline.read; print(sorted({'rapidocr', 'onnxruntime'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
