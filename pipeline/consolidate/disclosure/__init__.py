"""Disclosure control: which figures may leave, so that nobody is recognised or guessed in them.

People are grouped before anything is hidden (``grouping``).  A line of a table describes one
group; a line that tells too much (``rules``) is hidden whole, with others, so that the lines
hidden together tell no more than a larger group would (``hiding``).  A new edition of the
file must not tell by difference what neither edition tells (``editions``).
"""
