"""Shapes of digits as French hands draw them: control points, nothing random.

One allograph is a list of strokes; a stroke is a list of points in a box one unit wide
and one unit high (y downwards), joined by a smooth curve.  A point written twice is a
sharp corner.  ``aspect`` is width over height.  The weights say how often a French
adult uses the shape: the 1 has a long upstroke, the 7 a bar, the 4 is open or closed.
The shapes were drawn for this project.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.model.scan import Floats

Stroke = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allograph:
    """One way of drawing a digit."""

    strokes: tuple[Stroke, ...]
    aspect: float
    weight: float


def _shape(weight: float, aspect: float, *strokes: str) -> Allograph:
    """Strokes given as ``x,y x,y``; ``!`` after a point makes a sharp corner."""
    parsed: list[Stroke] = []
    for text in strokes:
        points: list[tuple[float, float]] = []
        for word in text.split():
            x, y = (float(part) for part in word.rstrip("!").split(","))
            points += [(x, y)] * (2 if word.endswith("!") else 1)
        parsed.append(tuple(points))
    return Allograph(strokes=tuple(parsed), aspect=aspect, weight=weight)


_ROUND_ZERO = ".62,.02 .28,.08 .06,.34 .03,.62 .22,.94 .52,.99 .84,.82 .98,.5 .9,.18 .66,.03"
DIGITS: dict[str, tuple[Allograph, ...]] = {
    "0": (
        _shape(5, 0.66, _ROUND_ZERO + " .5,.03"),
        _shape(2, 0.58, _ROUND_ZERO + " .38,.1"),
        _shape(2, 0.66, ".7,.1 .4,.0 .1,.25 .02,.6 .25,.97 .6,.97 .93,.7 .97,.35 .78,.08 .6,.04"),
        _shape(1, 0.7, ".5,.02 .16,.2 .02,.55 .2,.92 .55,1. .9,.78 .98,.42 .8,.1 .52,.03 .5,.14 .72,.17"),
    ),
    "1": (
        _shape(6, 0.46, ".02,.42 .4,.2 .82,.0! .8,.35 .76,1."),
        _shape(4, 0.56, ".0,.55 .42,.27 .9,.0! .86,.5 .8,1."),
        _shape(3, 0.34, ".02,.28 .45,.14 .88,.0! .86,.5 .84,1."),
        _shape(1, 0.55, ".02,.4 .35,.2 .66,.0! .64,.5 .62,1.", ".2,.99 .6,1. 1.,.98"),
        _shape(0.4, 0.1, ".6,.0 .5,.5 .45,1."),
    ),
    "2": (
        _shape(5, 0.66, ".06,.24 .22,.04 .55,.0 .86,.14 .86,.38 .6,.66 .3,.88 .03,1.! .5,.97 1.,.96"),
        _shape(3, 0.7, ".08,.2 .3,.02 .66,.02 .86,.2 .74,.5 .4,.84 .12,.98 .03,.9 .16,.8 .4,.9 .7,1. 1.,.92"),
        _shape(2, 0.62, ".1,.12 .5,.0 .88,.1 .85,.4 .5,.7 .04,.98! .5,1. .96,.99"),
    ),
    "3": (
        _shape(5, 0.6, ".08,.14 .4,.0 .82,.08 .84,.28 .62,.42 .36,.46 .7,.5 .96,.68 .82,.92 .42,1. .02,.88"),
        _shape(3, 0.6, ".12,.08 .5,.0 .84,.14 .76,.36 .42,.46! .8,.52 .94,.74 .72,.96 .36,.99 .04,.86"),
        _shape(1, 0.62, ".06,.03 .45,.02 .9,.02! .62,.24 .4,.42 .76,.5 .95,.7 .78,.95 .38,1. .02,.86"),
    ),
    "4": (
        _shape(4, 0.7, ".44,.0 .3,.24 .03,.62! .5,.63 1.,.6", ".7,.34 .68,.66 .64,1."),
        _shape(4, 0.7, ".36,.0 .26,.3 .05,.58! .5,.6 .98,.57", ".8,.06 .76,.5 .7,1."),
        _shape(2, 0.68, ".14,.02 .1,.3 .12,.52! .5,.54 .96,.5", ".82,.0 .78,.5 .74,1."),
        _shape(3, 0.7, ".66,.98 .68,.5 .7,.0! .35,.36 .02,.68! .5,.68 1.,.67"),
        _shape(1, 0.64, ".72,.0 .4,.3 .04,.66! .5,.67 .98,.64", ".72,.02 .7,.5 .66,1."),
    ),
    "5": (
        _shape(
            5, 0.62, ".2,.04 .16,.24 .12,.44! .4,.36 .78,.42 .94,.66 .76,.92 .36,1. .02,.88", ".2,.04 .55,.05 .94,.0"
        ),
        _shape(3, 0.62, ".9,.02 .55,.03 .2,.05! .15,.25 .12,.45! .46,.36 .84,.46 .92,.7 .7,.95 .34,.99 .02,.88"),
        _shape(1, 0.66, ".96,.0 .6,.02 .3,.05! .2,.25 .14,.42! .5,.42 .8,.58 .8,.84 .5,1. .06,.94"),
    ),
    "6": (
        _shape(5, 0.6, ".74,.0 .38,.18 .1,.5 .06,.8 .3,.99 .66,.98 .9,.8 .84,.6 .54,.5 .22,.6 .08,.78"),
        _shape(3, 0.62, ".88,.06 .54,.04 .2,.32 .04,.66 .2,.96 .58,1. .92,.82 .86,.58 .54,.52 .24,.62 .1,.76"),
        _shape(1, 0.5, ".5,.0 .22,.35 .08,.74 .34,1. .78,.94 .92,.72 .66,.58 .3,.66 .14,.82"),
    ),
    "7": (
        _shape(6, 0.64, ".02,.04 .5,.05 .94,.02! .66,.42 .44,.74 .36,1.", ".2,.5 .5,.49 .86,.46"),
        _shape(3, 0.66, ".04,.16 .06,.04! .5,.06 .95,.03! .66,.46 .46,1.", ".22,.54 .55,.5 .9,.48"),
        _shape(2, 0.64, ".02,.1 .22,.02 .55,.06 .92,.02! .74,.3 .52,.62 .46,1.", ".26,.55 .58,.52 .92,.54"),
        _shape(0.6, 0.62, ".02,.06 .5,.05 .95,.02! .62,.45 .4,1."),
    ),
    "8": (
        _shape(
            5, 0.58, ".82,.12 .5,.0 .16,.12 .2,.34 .6,.54 .94,.76 .76,.97 .36,1. .08,.82 .26,.6 .66,.42 .86,.2 .72,.05"
        ),
        _shape(
            2, 0.56, ".7,.04 .3,.03 .12,.24 .4,.46 .8,.64 .9,.86 .56,1. .16,.92 .1,.7 .44,.48 .82,.28 .78,.08 .6,.02"
        ),
        _shape(
            2,
            0.56,
            ".5,.0 .18,.1 .16,.34 .5,.46 .84,.34 .82,.1 .48,.0",
            ".5,.46 .12,.6 .06,.84 .46,1. .9,.86 .9,.6 .52,.46",
        ),
    ),
    "9": (
        _shape(5, 0.58, ".86,.16 .5,.0 .14,.14 .08,.38 .36,.54 .74,.44 .88,.14! .86,.5 .8,1."),
        _shape(4, 0.6, ".84,.14 .5,.0 .12,.16 .1,.4 .4,.54 .78,.4 .88,.1 .92,.5 .82,.86 .48,1. .1,.9"),
        _shape(2, 0.56, ".9,.24 .6,.02 .2,.06 .06,.32 .3,.52 .68,.44 .92,.08! .8,.5 .54,.84 .3,1."),
    ),
}


def smooth(stroke: Stroke | Floats, step: float = 0.04) -> Floats:
    """Points (n, 2) along the curve through a stroke, broken at its sharp corners."""
    points = np.asarray(stroke, dtype=np.float64)
    repeated = np.flatnonzero((np.diff(points, axis=0) == 0).all(axis=1))
    pieces = np.split(points, repeated + 1)
    return np.vstack([_catmull_rom(piece, step) for piece in pieces])


def _catmull_rom(points: Floats, step: float) -> Floats:
    """Uniform Catmull-Rom through the points, end tangents towards the neighbours."""
    if len(points) < 3:
        return points
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    out = [points[:1]]
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(2, int(np.hypot(*(p2 - p1)) / step) + 1)
        t = np.linspace(0, 1, count + 1)[1:, None]
        out.append(
            0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
        )
    return np.vstack(out)
