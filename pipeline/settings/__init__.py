"""Every threshold, with its unit, its reason and where it comes from.

The package's defaults stand here; a campaign's ``calibration.json``, which the program
writes itself, overrides some of them, and its ``reglages.toml`` any, by section and name.
Settings are frozen and fingerprinted into every result.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError
from pipeline.settings.consolidate import ConsolidateSettings
from pipeline.settings.decide import DecideSettings
from pipeline.settings.declare import setting
from pipeline.settings.ingest import IngestSettings
from pipeline.settings.read import ReadSettings
from pipeline.settings.register import RegisterSettings
from pipeline.settings.review import ReviewSettings

CALIBRATION = "calibration.json"
"""What « carnet calibrer » found, in the campaign folder beside ``reglages.toml``."""

__all__ = [
    "CALIBRATION",
    "ConsolidateSettings",
    "DecideSettings",
    "IngestSettings",
    "ReadSettings",
    "RegisterSettings",
    "ReviewSettings",
    "Settings",
    "load_settings",
    "setting",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a run."""

    ingest: IngestSettings = field(default_factory=IngestSettings)
    register: RegisterSettings = field(default_factory=RegisterSettings)
    read: ReadSettings = field(default_factory=ReadSettings)
    decide: DecideSettings = field(default_factory=DecideSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    consolidate: ConsolidateSettings = field(default_factory=ConsolidateSettings)

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change whenever a setting does."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_settings(path: Path | None) -> Settings:
    """The defaults under the overrides of a campaign, if there are any.

    ``path`` is its ``reglages.toml``; the ``calibration.json`` beside it comes first, so
    that what a person wrote has the last word.  Raises ``SettingsError`` naming the file
    and the key when one is unknown or is not a number.
    """
    settings = Settings()
    if path is None:
        return settings
    calibration = path.with_name(CALIBRATION)
    if calibration.is_file():
        settings = _overridden(settings, calibration, _read(calibration, json.loads).get("settings", {}))
    if path.is_file():
        settings = _overridden(settings, path, _read(path, tomllib.loads))
    return settings


def _read(path: Path, parse: Callable[[str], Any]) -> dict[str, Any]:
    """The content of a file of settings, a table."""
    try:
        content = parse(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("une table est attendue")
    except (ValueError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(
            f"{path} : ce fichier de réglages est illisible ({error}).", file=str(path), key=""
        ) from error
    return content


def _overridden(settings: Settings, path: Path, overrides: Mapping[str, Any]) -> Settings:
    """Settings with the numbers of one file in their place."""
    for section, values in overrides.items():
        current = getattr(settings, section, None)
        if not dataclasses.is_dataclass(current) or not isinstance(values, dict):
            raise SettingsError(f"{path} : la section « {section} » est inconnue.", file=str(path), key=section)
        checked = {name: _checked(path, section, current, name, value) for name, value in values.items()}
        replaced = dataclasses.replace(current, **checked)  # type: ignore[type-var]
        settings = dataclasses.replace(settings, **{section: replaced})  # type: ignore[arg-type]
    return settings


def _checked(path: Path, section: str, current: object, name: str, value: object) -> float:
    """One override, checked against the default's name and type."""
    default = getattr(current, name, None)
    if default is None:
        raise SettingsError(
            f"{path} : le réglage « {section}.{name} » est inconnu.", file=str(path), key=f"{section}.{name}"
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(
            f"{path} : « {section}.{name} » doit être un nombre.", file=str(path), key=f"{section}.{name}"
        )
    kind: type[float] = type(default)
    return kind(value)
