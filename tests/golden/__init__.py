"""What the code says today of ``samples/``, written so that a person can read a change as a diff.

``make golden`` writes it; a test compares.  The truth of the samples is apart, in
``samples/truth.json``, and is never written from what the code says.
"""

from __future__ import annotations

import csv
from pathlib import Path

from pipeline.cli import main

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "samples"
KEPT = {
    "pages": ("source_file", "source_page", "slot", "disposition", "reason", "carnet_id", "version", "page"),
    "lectures": ("carnet_id", "page", "field", "raw", "value", "status", "reasons", "warnings"),
}


def read_samples(folder: Path) -> dict[str, str]:
    """The balance and the readings of the samples, by name, as text; ``folder`` is a new campaign."""
    main(["lire", str(SAMPLES), "--dossier", str(folder), "--date-numerisation", "2026-11-18"])
    main(["consolider", "--dossier", str(folder)])
    return {name: "".join(_lines(folder / "export" / f"{name}.csv", columns)) for name, columns in KEPT.items()}


def _lines(path: Path, columns: tuple[str, ...]) -> list[str]:
    """The columns that matter, blank fields left out: what is written is what is read."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row.get("status") != "blank"]
    for row in rows:
        if row.get("status") == "review":  # a guess at what is doubtful may differ between processors
            row["raw"] = row["value"] = row["reasons"] = "…"
        row["source_file"] = Path(row["source_file"]).name
    return [" ; ".join(columns) + "\n", *(" ; ".join(row[column] for column in columns) + "\n" for row in rows)]
