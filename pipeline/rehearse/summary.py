"""A score in French, for the person at the terminal, and as Markdown for the bench."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.rehearse.score import Score, Tally
from pipeline.wording import THIN, thousands

_TICKS = {
    "definite": "cochées nettement (croix, coche)",
    "empty": "vides",
    "pencil": "cochées au crayon",
    "light_blue": "cochées au stylo pâle",
    "slash": "cochées d’un seul trait",
    "filled": "cochées en noircissant",
    "circle": "entourées",
    "circled": "entourées une fois",
    "corrected": "corrigées",
    "cancelled": "noircies sans autre coche",
    "dot": "cochées d’un point",
    "double": "deux réponses au lieu d’une",
    "stray": "cochées, avec un trait égaré à côté",
    "faint": "à peine marquées",
    "row_struck": "dans une ligne barrée",
}
_DIGITS = {
    "plain": "ordinaires",
    "corrected": "dans un champ corrigé",
    "illegible": "dans un champ gribouillé",
    "empty": "champs à chiffres vides",
    "row_struck": "champs d’une ligne barrée",
}
_FATES = ("placed", "refused", "conflict", "lost", "wrong")
Rows = list[tuple[str, ...]]


def page_rows(score: Score) -> Rows:
    """Pages by kind of scan."""
    rows: Rows = [("numérisation", "pages", "placées", "refusées", "en conflit", "perdues", "mal identifiées")]
    for profile, counts in sorted(score.pages.items()):
        shown = sum(counts[fate] for fate in _FATES[:4])
        rows.append((profile, *(thousands(number) for number in (shown, *(counts[fate] for fate in _FATES)))))
    return rows


def mark_rows(score: Score) -> Rows:
    """Boxes and characters by kind: right, asked, silently wrong, and the bound."""
    rows: Rows = [("ce qui était sur le papier", "n", "justes", "à relire", "faux", "faux parmi les acceptés, au plus")]
    rows += _rows(score, "ticks", "cases ", _TICKS)
    rows += _rows(score, "digits", "chiffres ", _DIGITS)
    rows += _rows(score, "combs", "", _DIGITS)
    return rows


def _rows(score: Score, group: str, prefix: str, words: dict[str, str]) -> Rows:
    """Tallies of one group, in the order of the words known for it."""
    found = {name: tally for (key, name), tally in score.tallies.items() if key == group and tally.total}
    order = [name for name in words if name in found] + sorted(set(found) - set(words))
    return [_row(prefix + _title(name, words), found[name]) for name in order]


def _title(name: str, words: dict[str, str]) -> str:
    """The words of a kind; the empty boxes of a question name what else was done in it."""
    around = name.removeprefix("empty, ")
    return words[name] if name in words else f"vides d’une question à cases {words.get(around, around)}"


def _row(title: str, tally: Tally) -> tuple[str, ...]:
    """One line of figures."""
    shares = (f"{thousands(count)} ({_percent(count, tally.total)})" for count in (tally.right, tally.asked))
    bound = percent(tally.silent_bound()) if tally.accepted else "—"
    return (title, thousands(tally.total), *shares, thousands(tally.silent), bound)


def profile_rows(score: Score) -> Rows:
    """Boxes and characters by kind of scan."""
    rows: Rows = [("numérisation", "n", "justes", "à relire", "faux", "faux parmi les acceptés, au plus")]
    for group, title in (("ticks@profile", "cases"), ("digits@profile", "chiffres")):
        names = sorted(name for key, name in score.tallies if key == group)
        rows += [_row(f"{title}, {name}", score.tally(group, name)) for name in names]
    return rows


def sentences(score: Score) -> list[str]:
    """What a reading of a rehearsal comes down to."""
    pages = sum(score.fate(fate) for fate in _FATES[:4])
    ticks, digits = score.total("ticks"), score.total("digits")
    return [
        f"Pages\u00a0: {thousands(score.fate('placed'))} placées sur {thousands(pages)}"
        f"\u00a0; {thousands(score.fate('lost'))} perdues, {thousands(score.fate('wrong'))} mal identifiées.",
        f"Cases\u00a0: {_percent(ticks.asked, ticks.total)} à relire\u00a0; {thousands(ticks.silent)} fausses "
        f"sans question sur {thousands(ticks.accepted)} acceptées.",
        f"Chiffres\u00a0: {_percent(digits.asked, digits.total)} à relire\u00a0; {thousands(digits.silent)} faux "
        f"sans question sur {thousands(digits.accepted)} acceptés.",
    ]


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first as its head."""
    head, *body = rows
    lines: Iterable[Sequence[str]] = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _percent(part: int, whole: int) -> str:
    """A share in per cent."""
    return percent(part / whole) if whole else "—"


def percent(share: float) -> str:
    """A share in per cent, French, with as many decimals as it needs."""
    decimals = 1 if share >= 0.01 or share == 0 else 3
    return f"{share * 100:.{decimals}f}".replace(".", ",") + f"{THIN}%"
