"""The command line's own words in French: help headings and usage errors.

The library that parses the command line speaks English; its help is plain text, so the
few fixed words are replaced there, and its errors are told again from their parts.
"""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

from pipeline.cli.screen import typographic

_HELP = (
    ("Usage: ", "Utilisation : "),
    ("Options:", "Options :"),
    ("Commands:", "Commandes :"),
    ("Arguments:", "Arguments :"),
    ("COMMAND [ARGS]...", "COMMANDE …"),
    (" [NUMÉRO]...", ""),
    ("[SCAN…]...", "[SCAN…]"),
    ("[required]", "[obligatoire]"),
    ("; required]", " ; obligatoire]"),
    ("[default: ", "[par défaut : "),
    ("Show this message and exit.", "Affiche cette aide."),
)


_TYPE = re.compile(r" <[\w\[\]]+>")
_BOUND = re.compile(r"; x>=\d+|x>=\d+ ?; ?")
_UNKNOWN = re.compile(r"No such command '([^']*)'")
_SURPLUS = re.compile(r"Got unexpected extra arguments? ?\(?s?\)? ?\((.*)\)")
_LEAST = re.compile(r"greater than or equal to (\d+)")
_REPEATED = re.compile(r"\{(\w+…)\}\.\.\.")


def in_french(text: str) -> str:
    """A help text with its fixed words in French, and without a parser's notation."""
    for english, french in _HELP:
        text = text.replace(english, french)
    text = _TYPE.sub(lambda kind: " " * len(kind[0]), text)
    return _REPEATED.sub(r"\1", _BOUND.sub("", text))


class FrenchCommand(TyperCommand):
    """A command whose help is French throughout."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - passed on to the library
        super().__init__(*args, **settings)
        self.help = typographic(self.help or "")
        for parameter in self.params:  # before lines are broken: never between « and its word
            if getattr(parameter, "help", None):
                parameter.help = typographic(parameter.help)  # type: ignore[attr-defined]

    def get_short_help_str(self, limit: int = 0) -> str:
        """The whole sentence of the command, whatever its length; never cut by « ... »."""
        return (self.help or "").partition("\n")[0]

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - the library's own context type is private
        """The help text."""
        return in_french(super().get_help(ctx))


class FrenchGroup(TyperGroup):
    """The group of commands, likewise; commands keep the order in which they are used."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - passed on to the library
        super().__init__(*args, **settings)
        self.help, self.epilog = typographic(self.help or ""), typographic(self.epilog or "")

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - the library's own context type is private
        """The help text."""
        return in_french(super().get_help(ctx))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - signature of the library
        """Command names in the order of a morning's work."""
        return list(self.commands)


def usage_sentence(error: Any) -> str:  # noqa: ANN401 - the library's error types are private
    """One of the parser's errors as a French sentence."""
    kind = type(error).__name__
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "carnet"
    if kind == "NoSuchOption":
        what = f"l’option « {error.option_name} » n’existe pas"
    elif kind == "MissingParameter":
        what = f"il manque {_parameter(error)}"
    elif kind == "BadParameter":
        what = f"la valeur donnée à {_parameter(error)} ne convient pas{_expected(error.message)}"
    elif unknown := _UNKNOWN.match(error.message):
        what = f"la commande « {unknown[1]} » n’existe pas"
    elif surplus := _SURPLUS.match(error.message):
        what = f"« {surplus[1]} » n’est pas attendu ici"
    elif "requires an argument" in error.message:
        what = f"l’option « {getattr(error, 'option_name', '')} » attend une valeur"
    else:
        what = f"la commande n’est pas comprise ({error.message.rstrip('.')})"
    return f"{what[0].upper()}{what[1:]}. Tapez « {command} --help » pour voir ce qui est possible."


def _expected(message: str) -> str:
    """What a value should have been, where the parser says it."""
    if least := _LEAST.search(message):
        return f" : il faut au moins {least[1]}"
    return " : il faut un nombre entier" if "valid integer" in message else ""


def _parameter(error: Any) -> str:  # noqa: ANN401 - the library's error types are private
    """The name of the parameter an error is about, as typed."""
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "une option"
    names = [name for name in parameter.opts if name.startswith("--")]
    return f"l’option « {names[0]} »" if names else f"l’argument « {parameter.name.upper()} »"
