"""Define: what a form asks and where it is printed.

``form.toml`` (words, questions, rules, tables) and ``layout.json`` (frozen places) of one
version become a ``PublishedForm``, checked against each other.  An invalid file stops the
run with a French sentence that names the file and the key.
"""

from pipeline.define.load import form_folders, load_definition, load_form, open_shelf
from pipeline.define.publication import load_publication

__all__ = ["form_folders", "load_definition", "load_form", "load_publication", "open_shelf"]
