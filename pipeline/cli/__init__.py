"""The ``carnet`` command: French words, exit codes, and the only place that prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from pipeline.cli.calibrating import calibrer
from pipeline.cli.consolidating import consolider
from pipeline.cli.diagnosing import diagnostic
from pipeline.cli.french import FrenchCommand, FrenchGroup, usage_sentence
from pipeline.cli.printing import imprimer
from pipeline.cli.reading import lire
from pipeline.cli.rehearsing import repeter
from pipeline.cli.screen import warn
from pipeline.cli.state import etat
from pipeline.errors import CarnetError, ExitCode

app = typer.Typer(
    cls=FrenchGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Carnet de l’engagement citoyen et associatif : imprimer, lire, relire et consolider.",
    epilog="Codes de sortie : 0\u00a0fait ; 1\u00a0erreur interne ; 2\u00a0commande mal comprise ; "
    "3\u00a0formulaire à corriger ; 4\u00a0rien à lire ; 5\u00a0il manque un programme ; 6\u00a0sortie bloquée ; "
    "7\u00a0réglages à corriger ; 10\u00a0fait, mais des pages sont illisibles, en conflit ou manquantes ; "
    "130\u00a0interrompu.",
)
for _command in (imprimer, lire, consolider, repeter, diagnostic, etat, calibrer):
    app.command(cls=FrenchCommand)(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code.  Errors become one French sentence."""
    os.umask(0o077)
    command = typer.main.get_command(app)
    try:
        code = command.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except CarnetError as error:
        warn(error.message)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        warn("Interrompu. Ce qui était lu est gardé : relancez la même commande pour continuer.")
        return ExitCode.INTERRUPTED
    except typer.Exit as error:
        return error.exit_code
    except Exception as error:
        return _unexpected(error)
    return int(code or 0)


def _unexpected(error: Exception) -> int:
    """A usage error in French, or an internal error with its trace kept out of the way."""
    if hasattr(error, "format_message"):
        message = getattr(error, "message", "")
        if type(error).__name__ == "NoArgsIsHelpError":
            warn(message)
        else:
            warn(usage_sentence(error))
        return ExitCode.USAGE
    if os.environ.get("CARNET_TRACE"):
        raise error
    warn(
        f"Erreur interne ({type(error).__name__}). Rien de ce qui était enregistré n’est perdu. "
        "Relancez la commande ; si l’erreur revient, transmettez ce message, "
        "et la trace obtenue avec la variable CARNET_TRACE=1."
    )
    return ExitCode.INTERNAL


if __name__ == "__main__":
    sys.exit(main())
