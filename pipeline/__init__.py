"""Digitisation of the paper « Carnet de l'engagement citoyen et associatif »."""

__version__ = "0.1.0"
