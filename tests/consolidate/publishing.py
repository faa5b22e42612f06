"""Editions of synthetic campaigns, as files that somebody might hold."""

from __future__ import annotations

import datetime
from functools import lru_cache
from pathlib import Path

from pipeline.consolidate import (
    Diffusion,
    Kept,
    Rules,
    Tables,
    build_diffusion,
    collect,
    diffusion_sheets,
    index_campaign,
)
from pipeline.define import load_publication
from pipeline.model.edition import Edition
from pipeline.model.publication import Publication
from pipeline.model.result import Campaign
from pipeline.workbook import write_workbook
from tests.consolidate import attack
from tests.consolidate.respondents import FOLDER, carnet_shelf

RULES = Rules()


@lru_cache(maxsize=1)
def plan() -> Publication:
    found = load_publication(FOLDER)
    assert found is not None
    return found


def edition_of(campaign: Campaign, *earlier: Edition) -> Diffusion | Kept:
    return build_diffusion(
        tables_of(campaign),
        plan(),
        RULES,
        earlier,
        day=f"2026-11-{20 + len(earlier)}",
        hidden_max=0.2,
    )


def tables_of(campaign: Campaign) -> Tables:
    return collect(campaign, index_campaign(campaign, carnet_shelf()), carnet_shelf(), sensitive=False)


def file_of(found: Diffusion, folder: Path) -> attack.File:
    """The workbook written, and read by somebody who knows nothing else."""
    return attack.read(write(found, folder))


def write(found: Diffusion, folder: Path) -> Path:
    path = folder / f"diffusion-{found.edition.number}.xlsx"
    write_workbook(path, diffusion_sheets(found), made_at=datetime.datetime(2026, 11, 20), title=found.title)
    return path


def truth_of(found: Diffusion) -> dict[tuple[str, str, str], tuple[int, dict[str, int], dict[int, float], bool]]:
    """What each line truly holds: persons, answers, amounts by person; and whether it is hidden."""
    return {
        (table.question.label, table.label, label): (
            line.size,
            dict(zip(table.question.answers, line.counts, strict=True)),
            dict(line.amounts),
            shut,
        )
        for table in found.tables
        for label, line, shut in table.rows
    }
