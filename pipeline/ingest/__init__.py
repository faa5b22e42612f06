"""Scan files become an inventory, and their sides become grey pixels, one at a time.

``inventory`` walks files and folders, names each file by the hash of its content, counts
its sides and says what is wrong with those that cannot be read.  ``read_sides`` yields
the sides asked for, each as a ``ScanImage`` or as a ``SideProblem``: a page that is one
scanned image is taken as that image, every other PDF page is rendered, and never more
than one side is held in memory.  Files are opened for reading only.
"""

from pipeline.ingest.inventory import inventory
from pipeline.ingest.sides import read_sides
from pipeline.ingest.source import SideProblem, SourceFile

__all__ = ["SideProblem", "SourceFile", "inventory", "read_sides"]
