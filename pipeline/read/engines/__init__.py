"""Recognisers, one a file: ``digits`` for handwritten cells, ``printed`` for our own type."""
