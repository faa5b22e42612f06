"""Every threshold, with its unit, its reason and where it comes from.

The package's defaults stand here; a campaign's ``reglages.toml`` overrides them by
section and name.  Settings are frozen and fingerprinted into every result.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.settings.consolidate import ConsolidateSettings
from pipeline.settings.decide import DecideSettings
from pipeline.settings.declare import setting
from pipeline.settings.ingest import IngestSettings
from pipeline.settings.read import ReadSettings
from pipeline.settings.register import RegisterSettings
from pipeline.settings.review import ReviewSettings

__all__ = [
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
    """The defaults under the overrides of a ``reglages.toml``, if there is one.

    Raises ``SettingsError`` naming the file and the key when one is unknown or is not
    a number.
    """
    settings = Settings()
    if path is None or not path.is_file():
        return settings
    try:
        overrides = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} : ce fichier de réglages est illisible ({error}).", file=str(path), key=""
        ) from error
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
