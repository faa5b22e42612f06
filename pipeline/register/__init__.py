"""Where each page lies on a side and whose page it is.

``find_pages`` takes the grey pixels of one side and returns one entry for every A5 page
found: a ``RegisteredPage`` on the canonical grid, or a refusal (``PageResult`` with its
problem) when identity or geometry is not beyond doubt.  A side without any page yields
one entry, blank, foreign or unreadable; beside a lone half, the other half has its own.
"""

from pipeline.register.pages import Blanks, find_pages

__all__ = ["Blanks", "find_pages"]
