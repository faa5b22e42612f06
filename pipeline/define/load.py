"""Finding forms and loading them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.define.checked import checked
from pipeline.define.definition import build
from pipeline.define.evaluation import EVALUATION_NAME, load_evaluation
from pipeline.define.frozen import load_layout
from pipeline.define.references import troubles
from pipeline.define.schema import FormFile
from pipeline.define.trouble import invalid
from pipeline.errors import FormError
from pipeline.model.evaluation import Evaluation
from pipeline.model.form import FormDefinition, FormShelf, PublishedForm

DEFINITION_NAME = "form.toml"
FOLDERS_VARIABLE = "CARNET_FORMES"


def load_definition(path: Path) -> FormDefinition:
    """The definition in a ``form.toml``; ``FormError`` names the file and the key."""
    file, source = checked(path, FormFile)
    found = list(troubles(file))
    if found:
        raise invalid(path, found)
    return build(file, hashlib.sha256(source).hexdigest())


def load_form(folder: Path) -> PublishedForm:
    """The form of one version folder: its definition and its frozen layout."""
    folder = folder.resolve()
    definition = load_definition(folder / DEFINITION_NAME)
    return PublishedForm(definition=definition, layout=load_layout(folder, definition), folder=folder)


def form_folders() -> list[Path]:
    """Where forms are looked for: ``CARNET_FORMES`` first, then ``forms`` beside the package."""
    named = os.environ.get(FOLDERS_VARIABLE, "")
    folders = [Path(part).expanduser() for part in named.split(os.pathsep) if part]
    for folder in folders:
        if not folder.is_dir():
            raise FormError(
                f"{folder} : ce dossier de formulaires n’existe pas. Corrigez la variable {FOLDERS_VARIABLE}.",
                file=str(folder),
                key=FOLDERS_VARIABLE,
            )
    return [*folders, Path(__file__).resolve().parents[2] / "forms"]


def open_shelf(folders: Iterable[Path]) -> FormShelf:
    """All forms under some folders (``form/version/form.toml``); the first of a key wins.

    Raises ``FormError`` when two forms carry the same codes: their pages could not be
    told apart.
    """
    forms: dict[tuple[str, str], PublishedForm] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*/*/{DEFINITION_NAME}")):
            form = load_form(path.parent)
            forms.setdefault(form.key, form)
    _refuse_shared_codes(forms.values())
    known = tuple(sorted(forms.values(), key=lambda form: form.key))
    return FormShelf(forms=known, evaluations=_evaluations(known))


def _evaluations(forms: Iterable[PublishedForm]) -> dict[str, Evaluation]:
    """The plan that stands beside the versions of each form, if any; the newest version's folder decides."""
    versions: dict[str, list[PublishedForm]] = {}
    for form in sorted(forms, key=lambda form: form.definition.version_code):
        versions.setdefault(form.definition.id, []).append(form)
    found: dict[str, Evaluation] = {}
    for name, published in versions.items():
        path = published[-1].folder.parent / EVALUATION_NAME
        if path.is_file():
            found[name] = load_evaluation(path, [form.definition for form in published])
    return found


def _refuse_shared_codes(forms: Iterable[PublishedForm]) -> None:
    owners: dict[tuple[int, int], PublishedForm] = {}
    for form in forms:
        codes = (form.definition.code, form.definition.version_code)
        other = owners.setdefault(codes, form)
        if other is not form:
            raise invalid(
                form.folder / DEFINITION_NAME,
                [("form.version_code", f"les codes {codes} sont déjà ceux de {other.folder}")],
            )
    names: dict[int, str] = {}
    for form in owners.values():
        definition = form.definition
        if names.setdefault(definition.code, definition.id) != definition.id:
            raise invalid(
                form.folder / DEFINITION_NAME,
                [("form.code", f"le code {definition.code} est déjà celui de « {names[definition.code]} »")],
            )
