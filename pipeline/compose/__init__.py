"""Compose: from a form to printed paper.

The form is typeset once with typst, which also publishes the place of every field; each
copy is then stamped with its number and markers, and imposed.  The note for elected people
is typeset here too: typst has one door.
"""

from pipeline.compose.cover import NameProblem, name_problem
from pipeline.compose.geometry import publish_layout
from pipeline.compose.imposition import Imposition, booklet_obstacle, check_booklet
from pipeline.compose.note import typeset_note
from pipeline.compose.numbers import draw_numbers
from pipeline.compose.picture import typeset_picture
from pipeline.compose.printing import PrintedFiles, print_carnets
from pipeline.compose.typeset import blank_pages, blanks_path, kept_blanks, rest_blanks, typeset

__all__ = [
    "Imposition",
    "NameProblem",
    "PrintedFiles",
    "blank_pages",
    "blanks_path",
    "booklet_obstacle",
    "check_booklet",
    "draw_numbers",
    "kept_blanks",
    "name_problem",
    "print_carnets",
    "publish_layout",
    "rest_blanks",
    "typeset",
    "typeset_note",
    "typeset_picture",
]
