"""Values typed on the command line."""

from __future__ import annotations

from datetime import date

from pipeline.errors import UsageError


def iso_day(text: str, *, today: date) -> str:
    """An ISO day, today's when nothing was typed; ``UsageError`` when it is not a day."""
    if not text:
        return today.isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(
            f"« {text} » n’est pas une date. Écrivez l’année, le mois et le jour, par exemple {today.isoformat()}.",
            text=text,
        ) from error
