"""Rehearse: fill and degrade our own printed pages with known truth, score a reading against it.

A rehearsal starts from what printing wrote (``PrintedLot``).  ``draw_respondent`` imagines
who fills each carnet; ``plan_files`` decides what comes back and how; ``produce`` fills,
scans and writes the files and returns the ``Truth``; ``score`` compares a reading with it.
No word or hand in it is anybody's.
"""

from pipeline.rehearse.degrade import PROFILES
from pipeline.rehearse.handover import PlannedFile, PlannedSide, Rehearsal, produce
from pipeline.rehearse.hands import DigitSource
from pipeline.rehearse.planning import Sheet, plan_files, sheets_of
from pipeline.rehearse.real import load_hands
from pipeline.rehearse.respondents import Respondent, draw_respondent
from pipeline.rehearse.score import Score, reading_from_campaign, reading_from_csv, score
from pipeline.rehearse.sheets import PrintedLot, filled_side, load_lot
from pipeline.rehearse.truth import Truth, load_truth, save_truth

__all__ = [
    "PROFILES",
    "DigitSource",
    "PlannedFile",
    "PlannedSide",
    "PrintedLot",
    "Rehearsal",
    "Respondent",
    "Score",
    "Sheet",
    "Truth",
    "draw_respondent",
    "filled_side",
    "load_hands",
    "load_lot",
    "load_truth",
    "plan_files",
    "produce",
    "reading_from_campaign",
    "reading_from_csv",
    "save_truth",
    "score",
    "sheets_of",
]
