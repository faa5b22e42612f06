"""All analysis sheets of a campaign, in the order of the workbook."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.consolidate import dictionary, lists, quality, texts
from pipeline.consolidate.derived import derived_columns
from pipeline.consolidate.long import build_table, frame_sheet
from pipeline.consolidate.records import Records, tables
from pipeline.consolidate.wide import build_carnets
from pipeline.model.result import Campaign
from pipeline.workbook import Sheet

CARNETS = "Carnets"
_ABOUT = "Une ligne par carnet : totaux calculés, profil, souhaits, avis."


def build_sheets(
    campaign: Campaign, records: Records, typed: Mapping[str, tuple[str, ...]], *, sensitive: bool
) -> list[Sheet]:
    """Carnets, the tables of the form, Textes, Qualite, Dictionnaire, Modalites, Pages, Journal.

    ``typed`` are codings of open answers taken over from an earlier workbook.
    """
    described = tables(records.forms)
    long = {sheet: build_table(records, table, sensitive=sensitive) for sheet, table in described.items()}
    by_group = {table.table.group: table for table in long.values() if not table.table.items}
    variables, frame = build_carnets(records, derived_columns(records, by_group), sensitive=sensitive)
    shown = {CARNETS: variables, **{name: table.variables for name, table in long.items()}}
    if sensitive:
        shown[texts.SHEET] = texts.VARIABLES
    return [
        frame_sheet(CARNETS, variables, frame, about=_ABOUT),
        *(table.sheet() for table in long.values()),
        texts.build_texts(records, typed, sensitive=sensitive),
        quality.build_quality(records, described),
        dictionary.build_dictionary(shown, records.forms),
        dictionary.build_codes(records.forms),
        lists.build_pages(campaign.balance, {carnet.carnet: carnet.cle for carnet in campaign.carnets}),
        lists.build_journal(campaign.journal),
    ]
