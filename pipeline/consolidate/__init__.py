"""Page results → carnets → tables → sheets.

``collect`` reads every carnet once into tables, entirely from the form definition: its
tables become long sheets, its other questions the columns of Carnets, its calculations
further columns.  A value appears only where it was read; a state always says why not.
``find`` makes the figures of the evaluation's plan from them, ``build_sheets`` the workbook.
``readings_file`` and ``export_pages`` write the machine's files.
"""

from pipeline.consolidate.collect import Tables, collect
from pipeline.consolidate.diffusion import Diffusion, Kept, build_diffusion
from pipeline.consolidate.diffusion_note import diffusion_note
from pipeline.consolidate.diffusion_sheets import diffusion_sheets
from pipeline.consolidate.disclosure.rules import Rules
from pipeline.consolidate.exports import export_pages, export_readings, export_sheet, readings_file
from pipeline.consolidate.findings import Findings, find
from pipeline.consolidate.lists import PAGES
from pipeline.consolidate.pictures import chart_sources
from pipeline.consolidate.readme import ReviewCounts, build_readme
from pipeline.consolidate.records import Records, index_campaign
from pipeline.consolidate.sheets import CutSheet, build_sheets, elsewhere
from pipeline.consolidate.tabular import require_parquet, write_csv, write_parquet
from pipeline.consolidate.texts import CODING, KEY
from pipeline.consolidate.texts import SHEET as TEXTS

__all__ = [
    "CODING",
    "KEY",
    "PAGES",
    "TEXTS",
    "CutSheet",
    "Diffusion",
    "Findings",
    "Kept",
    "Records",
    "ReviewCounts",
    "Rules",
    "Tables",
    "build_diffusion",
    "build_readme",
    "build_sheets",
    "chart_sources",
    "collect",
    "diffusion_note",
    "diffusion_sheets",
    "elsewhere",
    "export_pages",
    "export_readings",
    "export_sheet",
    "find",
    "index_campaign",
    "readings_file",
    "require_parquet",
    "write_csv",
    "write_parquet",
]
