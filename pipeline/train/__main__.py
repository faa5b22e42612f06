"""``python -m pipeline.train --donnees DIR [--sortie DIR] [--calibrer]``: the digit network, rebuilt or calibrated."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from pipeline.read.engines.digits import CARD
from pipeline.train.rebuild import Effort, calibrate, rebuild


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description="Réentraîne le lecteur de chiffres.")
    parser.add_argument("--donnees", type=Path, required=True, help="dossier des écritures d’entraînement")
    parser.add_argument("--sortie", type=Path, default=CARD.parent, help="dossier où écrire les réseaux et leur fiche")
    parser.add_argument(
        "--exemples",
        type=int,
        nargs=2,
        default=Effort().examples,
        help="exemples dessinés : pour le premier réseau, puis pour chacun de ceux qu’on interroge dans le doute",
    )
    parser.add_argument(
        "--epoques",
        type=int,
        nargs=2,
        default=Effort().epochs,
        help="passages sur les exemples : premier réseau, puis chacun de ceux qu’on interroge dans le doute",
    )
    parser.add_argument("--processus", type=int, default=2, help="processus qui dessinent les exemples")
    parser.add_argument(
        "--calibrer", action="store_true", help="garder les réseaux, refaire leurs températures et leur fiche"
    )
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    logging.getLogger("pipeline").setLevel(logging.INFO)
    if options.calibrer:
        calibrate(options.donnees, options.sortie, options.processus)
        return
    effort = Effort(examples=tuple(options.exemples), epochs=tuple(options.epoques), processes=options.processus)
    rebuild(options.donnees, options.sortie, effort)


if __name__ == "__main__":
    main()
