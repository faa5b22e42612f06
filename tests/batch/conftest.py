"""Consolidating is tried on the campaigns made by hand of the consolidation."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "consolidate"))
