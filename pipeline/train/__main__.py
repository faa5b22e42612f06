"""``python -m pipeline.train --donnees DIR [--sortie DIR]``: the digit network, rebuilt."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from pipeline.read.engines.digits import MODEL
from pipeline.train.rebuild import rebuild


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description="Réentraîne le lecteur de chiffres.")
    parser.add_argument("--donnees", type=Path, required=True, help="dossier des écritures d’entraînement")
    parser.add_argument("--sortie", type=Path, default=MODEL.parent, help="dossier où écrire digits.onnx et sa fiche")
    parser.add_argument("--exemples", type=int, default=200_000, help="nombre d’exemples dessinés")
    parser.add_argument("--epoques", type=int, default=8, help="passages sur les exemples, pour chaque membre")
    parser.add_argument("--membres", type=int, default=3, help="nombre de réseaux dont la moyenne est prise")
    parser.add_argument("--processus", type=int, default=2, help="processus en parallèle")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    rebuild(
        options.donnees,
        options.sortie,
        count=options.exemples,
        epochs=options.epoques,
        members=options.membres,
        processes=options.processus,
    )


if __name__ == "__main__":
    main()
