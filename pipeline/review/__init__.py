"""What the machine asks, and what people answer.

``queue`` lists every doubt of a campaign, the most important first; ``build_review`` lays
it out as the sheet ARelire, each with the image of the paper; ``settle`` turns what was
typed there into verdicts, through ``parse_answer``, and keeps what it does not understand
with a sentence why.
"""

from pipeline.review.answers import Answer, Typed, parse_answer
from pipeline.review.questions import Question, queue
from pipeline.review.settling import Leftover, Settlement, TypedAnswer, settle
from pipeline.review.sheet import ANSWER, KEY, REMARK, SHEET, ReviewSheet, build_review

__all__ = [
    "ANSWER",
    "KEY",
    "REMARK",
    "SHEET",
    "Answer",
    "Leftover",
    "Question",
    "ReviewSheet",
    "Settlement",
    "Typed",
    "TypedAnswer",
    "build_review",
    "parse_answer",
    "queue",
    "settle",
]
