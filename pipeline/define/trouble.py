"""French sentences about invalid form files, naming file and key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipeline.errors import FormError

Trouble = tuple[str, str]  # key in the file, French sentence
SHOWN = 5

_SENTENCES = {
    "missing": "cette clé manque",
    "extra_forbidden": "cette clé est inconnue",
    "literal_error": "cette valeur n’est pas admise ; attendu : {expected}",
    "string_pattern_mismatch": "cette valeur n’a pas la forme attendue ({pattern})",
    "string_type": "un texte entre guillemets est attendu",
    "string_too_short": "ce texte est vide",
    "int_type": "un nombre entier est attendu",
    "bool_type": "true ou false est attendu",
    "list_type": "une liste est attendue",
    "too_short": "la liste est trop courte",
    "too_long": "la liste est trop longue",
}


def invalid(path: Path, troubles: Sequence[Trouble]) -> FormError:
    """The error of a file whose content is wrong; ``evidence`` holds file, key and all keys."""
    lines = [f"  • {key} : {sentence}" for key, sentence in troubles[:SHOWN]]
    if len(troubles) > SHOWN:
        lines.append(f"  • et {len(troubles) - SHOWN} autre(s)")
    return FormError(
        f"{path} : la définition du formulaire est invalide.\n" + "\n".join(lines) + "\nCorrigez ce fichier.",
        file=str(path),
        key=troubles[0][0],
        keys=tuple(key for key, _ in troubles),
    )


def unreadable(path: Path, why: str) -> FormError:
    """The error of a file that cannot be opened or is not TOML."""
    return FormError(f"{path} : ce fichier est illisible ({why}).", file=str(path), key="")


def from_pydantic(path: Path, error: ValidationError, content: object) -> FormError:
    """The same for the errors of pydantic, in French, naming fields rather than positions."""
    return invalid(path, [(_key(detail["loc"], content), _sentence(detail)) for detail in error.errors()])


def _key(location: Sequence[int | str], content: object) -> str:
    """``fields.act_date.kind`` rather than ``fields.3.kind``."""
    parts: list[str] = []
    here = content
    for step in location:
        try:
            here = here[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            here = None
        parts.append(_named(here, step) if isinstance(step, int) else step)
    return ".".join(parts)


def _named(entry: object, position: int) -> str:
    """What a person calls an entry of a list: its name, its number, else its rank."""
    if isinstance(entry, dict):
        for key in ("name", "column", "sheet", "value", "number"):
            if key in entry:
                return str(entry[key])
    return str(position + 1)


def _sentence(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    known = _SENTENCES.get(detail["type"])
    words = {key: str(value).replace("' or '", "' ou '") for key, value in context.items()}
    return known.format(**words) if known else detail["msg"]
