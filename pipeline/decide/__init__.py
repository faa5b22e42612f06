"""Measures → decisions.

The room where numbers become answers.  ``decide_carnet`` takes every stored page that
bears one carnet number and says which are placed, which are the same paper scanned twice
and which are in conflict; then, question by question, what was ticked or written and how
surely, in the light of how this writer ticks elsewhere and of what the form allows.  What
is not plain becomes a question with its reason and a proposal.  All of it is pure: the
day of scanning comes in through ``CarnetContext``, the borders through the settings, and
the order of arrival changes nothing.
"""

from pipeline.decide.again import checked_again
from pipeline.decide.carnet import decide_carnet
from pipeline.decide.context import CarnetContext
from pipeline.decide.refit import Bin, Refit, VerifiedCell, engine_number, refit, reliability
from pipeline.decide.reliance import Forecast, forecasts

__all__ = [
    "Bin",
    "CarnetContext",
    "Forecast",
    "Refit",
    "VerifiedCell",
    "checked_again",
    "decide_carnet",
    "engine_number",
    "forecasts",
    "refit",
    "reliability",
]
