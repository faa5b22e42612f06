"""Reasons of the system reach people in French."""

import errno

import pytest

from pipeline.errors import system_reason


def test_a_missing_folder_is_told_in_french(tmp_path):
    with pytest.raises(OSError) as caught:
        (tmp_path / "absent" / "a.txt").write_text("")
    assert system_reason(caught.value) == "dossier ou fichier introuvable"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "le disque est plein"),
        (OSError(errno.EXDEV, "Invalid cross-device link"), "Invalid cross-device link"),
        (OSError("seulement un texte"), "seulement un texte"),
    ],
)
def test_what_has_no_french_words_keeps_its_own(error, told):
    assert system_reason(error) == told
