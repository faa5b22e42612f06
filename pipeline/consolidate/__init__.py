"""Page results → carnets → tables → sheets.

``build_sheets`` lays a campaign out for evaluators, entirely from the form definition: its
tables become long sheets, its other questions the columns of Carnets, its calculations
further columns.  A value appears only where it was read; a state always says why not.
``export_readings`` and ``export_pages`` write the machine's files.
"""

from pipeline.consolidate.exports import export_pages, export_readings, export_sheet
from pipeline.consolidate.readme import ReviewCounts, build_readme
from pipeline.consolidate.records import Records, index_campaign
from pipeline.consolidate.sheets import build_sheets
from pipeline.consolidate.texts import CODING, KEY
from pipeline.consolidate.texts import SHEET as TEXTS

__all__ = [
    "CODING",
    "KEY",
    "TEXTS",
    "Records",
    "ReviewCounts",
    "build_readme",
    "build_sheets",
    "export_pages",
    "export_readings",
    "export_sheet",
    "index_campaign",
]
