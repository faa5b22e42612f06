"""Page results → carnets → tables → sheets.

``collect`` reads every carnet once into tables, entirely from the form definition: its
tables become long sheets, its other questions the columns of Carnets, its calculations
further columns.  A value appears only where it was read; a state always says why not.
``find`` makes the figures of the evaluation's plan from them, ``build_sheets`` the workbook.
``readings_file`` and ``export_pages`` write the machine's files.
"""

from pipeline.consolidate.collect import Tables, collect
from pipeline.consolidate.exports import export_pages, export_sheet, readings_file
from pipeline.consolidate.findings import Findings, find
from pipeline.consolidate.readme import ReviewCounts, build_readme
from pipeline.consolidate.records import Records, index_campaign
from pipeline.consolidate.sheets import build_sheets
from pipeline.consolidate.texts import CODING, KEY
from pipeline.consolidate.texts import SHEET as TEXTS

__all__ = [
    "CODING",
    "KEY",
    "TEXTS",
    "Findings",
    "Records",
    "ReviewCounts",
    "Tables",
    "build_readme",
    "build_sheets",
    "collect",
    "export_pages",
    "export_sheet",
    "find",
    "index_campaign",
    "readings_file",
]
