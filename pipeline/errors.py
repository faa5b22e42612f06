"""What can go wrong, as a tree.

    CarnetError                 carries an ``ExitCode`` and the evidence as values
    ├── UsageError        2     the command cannot be understood or obeyed
    ├── FormError         3     a form definition or layout is invalid
    ├── InputError        4     no input could be opened
    ├── DependencyError   5     a program, font or model is missing
    ├── OutputError       6     the output is blocked
    ├── SettingsError     7     a setting is invalid
    └── PageError               one page cannot be read; never leaves ``batch``

The first six stop the run.  Messages are French sentences for the person at the
keyboard: what happened, where, what to do.
"""

from __future__ import annotations

import errno
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the ``carnet`` command."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    FORM = 3
    INPUT = 4
    DEPENDENCY = 5
    OUTPUT = 6
    SETTINGS = 7
    INCOMPLETE = 10
    INTERRUPTED = 130


class CarnetError(Exception):
    """An error with a French message, an exit code and its evidence.

    ``evidence`` keeps the values behind the sentence, so that tests assert on
    values and not on wording.
    """

    exit_code: ExitCode = ExitCode.INTERNAL

    def __init__(self, message: str, **evidence: object) -> None:
        super().__init__(message)
        self.message = message
        self.evidence = evidence


class UsageError(CarnetError):
    """The command cannot be understood or obeyed."""

    exit_code = ExitCode.USAGE


class FormError(CarnetError):
    """A form definition or a layout is invalid; evidence names file and key."""

    exit_code = ExitCode.FORM


class InputError(CarnetError):
    """No input could be opened."""

    exit_code = ExitCode.INPUT


class DependencyError(CarnetError):
    """A program, a font or a model is missing."""

    exit_code = ExitCode.DEPENDENCY


class OutputError(CarnetError):
    """The output is blocked: unwritable folder, or a workbook open elsewhere."""

    exit_code = ExitCode.OUTPUT


class SettingsError(CarnetError):
    """A setting is invalid."""

    exit_code = ExitCode.SETTINGS


class PageError(Exception):
    """One page or side cannot be read.

    ``reason`` is a stable English code with its words in ``wording``; ``batch``
    turns the error into a row of the balance.
    """

    def __init__(self, reason: str, **evidence: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.evidence = evidence


_SYSTEM_REASONS = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.ENOENT: "dossier ou fichier introuvable",
    errno.ENOTDIR: "un fichier se trouve à la place d’un dossier",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.EISDIR: "un dossier porte déjà ce nom",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "la place accordée est épuisée",
    errno.EFBIG: "le fichier est trop grand",
    errno.EROFS: "le disque est en lecture seule",
    errno.EIO: "le disque ne répond pas bien",
    errno.EBUSY: "un autre programme s’en sert",
    errno.ENAMETOOLONG: "le nom est trop long",
}


def system_reason(error: OSError) -> str:
    """Why the system refused a file or folder, in French; its own words where it has others."""
    return _SYSTEM_REASONS.get(error.errno or 0) or error.strerror or str(error)
