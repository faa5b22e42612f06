"""Rebuilds the digit network from seeds: ``python -m pipeline.train --donnees DIR --sortie DIR``.

Not part of a reading: nothing else imports this package, and PyTorch and ONNX are
needed here only.  Sources of digits (``sets``, ``hands``) become ink (``ink``), ink
becomes cells as scanners see them (``paper``), things that are no digit come from
``negatives``; ``recipe`` mixes all of it into examples, ``network`` and ``fit`` train on
them, ``export`` writes one ONNX graph, ``measure`` and ``card`` say how good it is, by set.
``ablation`` says what each source is worth.
"""
