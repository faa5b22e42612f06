"""What the machine asks, and what people answer.

``queue`` lists every doubt of a campaign, the most important first: versions of the same
pages, pages to scan again, fields, and values drawn blindly (``draw``) that look like any
doubt; ``build_review`` lays it out as the sheet ARelire, each with the image of the paper;
``settle`` turns what was typed there into verdicts and choices, and keeps what it does not
understand with a sentence why.
"""

from pipeline.review.answers import Answer, Typed, parse_answer
from pipeline.review.deciding import NEWCOMER
from pipeline.review.entries import Leftover, TypedAnswer
from pipeline.review.questions import Asked, Question, Queue, RescanQuestion, queue
from pipeline.review.sampling import draw
from pipeline.review.settling import Settlement, settle
from pipeline.review.sheet import ANSWER, KEY, REMARK, SHEET, WHO, ReviewSheet, build_review
from pipeline.review.versions import VersionQuestion

__all__ = [
    "ANSWER",
    "KEY",
    "NEWCOMER",
    "REMARK",
    "SHEET",
    "WHO",
    "Answer",
    "Asked",
    "Leftover",
    "Question",
    "Queue",
    "RescanQuestion",
    "ReviewSheet",
    "Settlement",
    "Typed",
    "TypedAnswer",
    "VersionQuestion",
    "build_review",
    "draw",
    "parse_answer",
    "queue",
    "settle",
]
