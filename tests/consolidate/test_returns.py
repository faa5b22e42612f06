"""How many carnets came back, told beside how many were printed only where one is part of the other."""

from types import SimpleNamespace

import pytest

from pipeline.consolidate.diffusion import Returns
from pipeline.consolidate.diffusion_note import _returned
from pipeline.consolidate.diffusion_sheets import _return


def returns(**known):
    return Returns(**{"label": "Ensemble", "printed": 120, "handed": 100, "returned": 60, "registered": 60} | known)


def test_returned_carnets_of_the_register_are_compared():
    assert _returned(SimpleNamespace(returns=[returns()])) == "*60 carnets* sont revenus, sur 100 remis (60\u00a0%)."
    assert "sur 120 imprimés" in _returned(SimpleNamespace(returns=[returns(handed=None)]))
    assert _return(returns())[-1] == pytest.approx(0.6)


@pytest.mark.parametrize("known", [{"registered": 59}, {"registered": 0}, {"returned": 121, "registered": 121}])
def test_numbers_unknown_to_the_register_make_no_share(known):
    found = returns(**known)
    assert "sur" not in _returned(SimpleNamespace(returns=[found])).removesuffix("sont revenus.")
    assert not isinstance(_return(found)[-1], float)
