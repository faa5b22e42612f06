"""``carnet etat``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.balance import EVERYTHING, SHOWN, listed, show_carnets, show_dispositions, show_refused
from pipeline.cli.screen import plural, say, table
from pipeline.wording import thousands

if TYPE_CHECKING:
    from pipeline.batch.state import CampaignState, LotState, ToDo

FILES_SHOWN = 3
LOTS_SHOWN = 40


def etat(
    dossier: Annotated[Path, typer.Option(metavar="DOSSIER", help="Dossier de la campagne.")] = Path("output"),
    tout: Annotated[
        bool, typer.Option("--tout", help="Nommer tous les fichiers, pages et carnets, et non les premiers seulement.")
    ] = False,
) -> int:
    """Dire où en est la campagne, et quoi faire ensuite."""
    from pipeline.batch.state import campaign_state

    state = campaign_state(dossier)
    shown = EVERYTHING if tout else SHOWN
    say(f"Campagne « {dossier} » : {_size(state)}.")
    if state.rows:
        say()
        show_dispositions(state.rows)
        show_refused(state.rows, shown)
        _show_withdrawn(state, shown)
    if state.carnets:
        say()
        show_carnets(state.carnets, shown)
    _show_away(state, shown)
    _show_lots(state, LOTS_SHOWN if not tout else EVERYTHING)
    _show_todo(state, dossier, tout=tout)
    return state.exit_code


def _size(state: CampaignState) -> str:
    """How much came in."""
    if not state.files:
        return "rien n’a encore été lu"
    return (
        f"{plural(state.files, 'fichier', 'fichiers')}, {plural(state.sides, 'face', 'faces')}, "
        f"{plural(len(state.carnets), 'carnet', 'carnets')}"
    )


def _show_withdrawn(state: CampaignState, shown: int) -> None:
    """Refused files that a person has taken away."""
    if state.withdrawn:
        names = [Path(row.source_file).name for row in state.withdrawn]
        say(
            f"  • Refusés, puis retirés de leur dossier : {listed(names, shown)}. Rien à faire s’ils ont été refaits.",
            hang=4,
        )


def _show_away(state: CampaignState, shown: int) -> None:
    """Carnets that are not in the scans, by what staff noted of them."""
    if state.unscanned:
        count = plural(len(state.unscanned), "carnet noté rendu, mais pas lu", "carnets notés rendus, mais pas lus")
        say(f"{count} : {listed(state.unscanned, shown)}.", hang=2)
    if state.awaited:
        count = plural(len(state.awaited), "carnet remis, pas encore rendu", "carnets remis, pas encore rendus")
        say(f"{count} : {listed(state.awaited, shown)}.", hang=2)


def _show_lots(state: CampaignState, shown: int) -> None:
    """One line a lot, the columns that hold something."""
    if not state.lots:
        return
    headings = ("imprimés", "remis", "lus", "complets", "ext. seule", "à compléter", "pages refusées", "à relire")
    lines = [_cells(lot) for lot in state.lots]
    used = [column for column in range(len(headings)) if any(line[column] not in ("0", "–") for line in lines)]
    say()
    say("Par lot (carnets, puis pages et réponses) :")
    rows = [("lot", *(headings[column] for column in used))]
    for lot, line in zip(state.lots[:shown], lines, strict=False):
        rows.append((lot.lot or "sans nom", *(line[column] for column in used)))
    table(rows)
    if len(state.lots) > shown:
        say(f"  et {plural(len(state.lots) - shown, 'autre lot', 'autres lots')} (« carnet etat --tout »).")


def _cells(lot: LotState) -> tuple[str, ...]:
    """The figures of a lot; a dash where nobody noted anything."""
    handed_out = "–" if lot.handed_out is None else thousands(lot.handed_out)
    counts = (lot.read, lot.complete, lot.jacket, lot.missing, lot.refused, lot.doubts)
    return (thousands(lot.printed), handed_out, *(thousands(count) for count in counts))


def _show_todo(state: CampaignState, folder: Path, *, tout: bool) -> None:
    """What to do, most important first."""
    say()
    if not state.todo:
        say(f"À faire : rien d’urgent. Pour le classeur : « carnet consolider --dossier {folder} ».")
        return
    say("À faire, le plus important d’abord :")
    for rank, todo in enumerate(state.todo, start=1):
        say(f"  {rank}. {_sentence(todo, folder)}", hang=5)
    if not tout and any(len(todo.about) > FILES_SHOWN for todo in state.todo):
        say(
            f"Tous les noms : « carnet etat --tout --dossier {folder} ». Chaque page : « carnet consolider », puis "
            f"« {folder / 'export' / 'pages.csv'} ».",
            hang=2,
        )


def _sentence(todo: ToDo, folder: Path) -> str:
    """One step in French."""
    from pipeline.wording.steps import STEPS

    one, many = STEPS[todo.step]
    names = listed([Path(name).name for name in todo.about], FILES_SHOWN)
    return (one if todo.count == 1 else many).format(
        count=thousands(todo.count),
        names=names,
        lire=f"carnet lire {_first(todo)} --dossier {folder}",
        consolider=f"carnet consolider --dossier {folder}",
        classeur=folder / "analyse.xlsx",
        registre=folder / "registre.xlsx",
    )


def _first(todo: ToDo) -> str:
    """What to give to ``lire``: the file, or the folder that holds them all."""
    if len(todo.about) == 1:
        return todo.about[0]
    parents = {str(Path(name).parent) for name in todo.about}
    return parents.pop() if len(parents) == 1 else "…"
