"""``carnet diagnostic``: what is missing on this machine, and how to mend it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from pipeline import define
from pipeline.errors import CarnetError, system_reason
from pipeline.read.engines import digits

APT = "sudo apt-get install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: ``remedy`` is empty when it is in order."""

    subject: str
    finding: str
    remedy: str = ""


def diagnose(folder: Path) -> tuple[Check, ...]:
    """All checks, each independent of the others."""
    checks: tuple[Callable[[], Check], ...] = (_poppler, _tesseract, _french, _typeface, _forms, _model)
    return (*(check() for check in checks), _folder(folder))


def _poppler() -> Check:
    """Renders PDF pages that are not one scanned image."""
    version = _version("pdftoppm", "-v")
    if version is None:
        return Check(subject="Poppler", finding="absent", remedy=f"{APT} poppler-utils")
    return Check(subject="Poppler", finding=version)


def _tesseract() -> Check:
    """Reads the printed number when both codes are destroyed."""
    version = _version("tesseract", "--version")
    if version is None:
        return Check(subject="Tesseract", finding="absent", remedy=f"{APT} tesseract-ocr tesseract-ocr-fra")
    return Check(subject="Tesseract", finding=version)


def _french() -> Check:
    """Tesseract's French."""
    listed = _output("tesseract", "--list-langs") or ""
    if "fra" not in listed.split():
        return Check(subject="Français de Tesseract", finding="absent", remedy=f"{APT} tesseract-ocr-fra")
    return Check(subject="Français de Tesseract", finding="présent")


def _typeface() -> Check:
    """The form's typeface."""
    if find_spec("fontpkg_atkinson_hyperlegible") is None:
        return Check(subject="Police Atkinson Hyperlegible", finding="absente", remedy="make setup")
    return Check(subject="Police Atkinson Hyperlegible", finding="présente")


def _forms() -> Check:
    """Every form definition and its frozen layout."""
    try:
        shelf = define.open_shelf(define.form_folders())
    except CarnetError as error:
        return Check(subject="Formulaires", finding="non valides", remedy=error.message)
    names = ", ".join(f"{form} {version}" for form, version in (known.key for known in shelf.forms))
    return Check(subject="Formulaires", finding=names)


def _model() -> Check:
    """The digit network, as its card describes it."""
    try:
        digits.probabilities(np.zeros((1, digits.SIDE, digits.SIDE), np.float32))
    except CarnetError as error:
        return Check(subject="Lecture des chiffres", finding="impossible", remedy=error.message)
    return Check(subject="Lecture des chiffres", finding=digits.ENGINE)


def _folder(folder: Path) -> Check:
    """Whether the campaign folder can be written, and holds."""
    place = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=place):
            free = shutil.disk_usage(place).free
    except OSError as error:
        return Check(
            subject=f"Dossier « {folder} »",
            finding=f"non inscriptible ({system_reason(error)})",
            remedy="Choisissez un autre dossier avec --dossier, ou demandez le droit d’y écrire.",
        )
    return Check(subject=f"Dossier « {folder} »", finding=f"inscriptible, {free / 1e9:.0f} Go libres")


def _version(*command: str) -> str | None:
    """The last word of the first line that a program says of itself."""
    output = _output(*command)
    return output.splitlines()[0].split()[-1] if output else None


def _output(*command: str) -> str | None:
    """What a program prints, on either channel; None when it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (done.stdout + done.stderr).strip() or None
