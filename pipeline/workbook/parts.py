"""Parts of a workbook that no table holds: pictures, charts, comments, pivot tables."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

_KINDS = {
    "charts/chart": "graphiques",
    "media/": "images",
    "comments": "commentaires",
    "threadedComments": "commentaires",
    "pivotTables": "tableaux croisés dynamiques",
    "slicers": "segments",
    "embeddings": "objets",
    "externalLinks": "liens vers d’autres classeurs",
}
_PART = re.compile(r"xl/(" + "|".join(map(re.escape, _KINDS)) + ")")


def fragile_parts(data: bytes) -> Counter[str]:
    """How many parts of each kind a workbook has, by their French name."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return Counter(_KINDS[match[1]] for name in parts.namelist() if (match := _PART.match(name)))
