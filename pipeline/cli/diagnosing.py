"""``carnet diagnostic``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import say
from pipeline.errors import ExitCode


def diagnostic(
    dossier: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier de la campagne.")] = Path("output"),
) -> int:
    """Vérifier que tout ce qu’il faut est installé, et dire comment réparer."""
    from pipeline.batch.diagnosis import diagnose

    checks = diagnose(dossier)
    width = max(len(check.subject) for check in checks)
    for check in checks:
        say(f"{'✗' if check.remedy else '✓'} {check.subject.ljust(width)}  {check.finding}")
        if check.remedy:
            say(f"    Pour réparer : {check.remedy}")
    troubled = [check for check in checks if check.remedy]
    if not troubled:
        say("Tout est en ordre.")
        return ExitCode.DONE
    return ExitCode.OUTPUT if [check.subject for check in troubled] == [checks[-1].subject] else ExitCode.DEPENDENCY
