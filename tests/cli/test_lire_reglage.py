"""``carnet lire``: what another setting would ask, each number of questions once."""

from types import SimpleNamespace

from pipeline.cli import reading
from pipeline.decide import Forecast


def shown(capsys, *questions):
    tolerances = (0.5, 0.1, 1.0, 5.0, 20.0)
    forecasts = tuple(
        Forecast(tolerated=t, questions=q, errors=0.0) for t, q in zip(tolerances, questions, strict=True)
    )
    reading._show_forecasts(SimpleNamespace(forecasts=forecasts))
    return capsys.readouterr().out.replace("\u00a0", " ")


def test_settings_that_ask_the_same_are_told_in_one(capsys):
    told = shown(capsys, 60, 75, 38, 38, 38)
    assert "Dont 60 questions à cases à cocher, au réglage actuel : 0,5 erreur tolérée pour 10 000 cases." in told
    assert "Autrement : 0,1 erreur tolérée, 75 questions ; de 1 à 20 erreurs tolérées, 38 questions." in told
    assert "0,1 erreur tolérée, 75 questions ; 1 erreur tolérée, 38 questions ; de 5 à 20 erreurs" in shown(
        capsys, 60, 75, 38, 20, 20
    )


def test_settings_that_change_nothing_are_not_told(capsys):
    assert "Autrement" not in shown(capsys, 38, 38, 38, 38, 38)
    assert shown(capsys, 0, 0, 0, 0, 0) == ""
