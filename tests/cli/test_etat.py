"""``carnet etat``: the balance, and what to do next, for twenty carnets and for thousands."""

from dataclasses import replace

import pytest

from pipeline.cli import main
from pipeline.errors import ExitCode
from pipeline.model.result import Disposition
from pipeline.store import campaign_lock, open_store
from pipeline.wording.steps import STEPS
from tests.cli.campaign import BOUND, DOUBT, TEXT, Maker, entry, make, verdict


@pytest.fixture
def show(capsys):
    def run(folder, *options):
        code = main(["etat", "--dossier", str(folder), *options])
        told = capsys.readouterr()
        return code, (told.out + told.err).replace("\u00a0", " ").replace("\u202f", " ")

    return run


@pytest.fixture
def maker(tmp_path):
    return Maker(tmp_path / "c", tmp_path / "scans")


def steps(told):
    """The numbered lines at the end."""
    return [line.split(". ", 1)[1] for line in told.splitlines() if line[:3].strip().isdigit() and line[3:5] == ". "]


def test_twenty_carnets(tmp_path, show):
    make(tmp_path / "c", tmp_path / "scans", 20)
    code, told = show(tmp_path / "c")
    assert code == ExitCode.INCOMPLETE
    assert "20 fichiers, 167 faces, 16 carnets" in told
    assert "12 carnets complets, 2 carnets en feuille extérieure seule, 2 carnets à compléter" in told
    assert "26-000007-08 : il manque les pages 3, 4, 7, 8, 9, 10." in told
    assert "2 carnets notés rendus, mais pas lus : 26-000009-02, 26-000019-69." in told
    assert "2 carnets remis, pas encore rendus : 26-000008-05, 26-000018-72." in told
    assert "PDF protégé par un mot de passe : lot-0020.pdf." in told
    assert "MVAC-01        20     20   16        12           2            2               4        48" in told
    first_words = [step.split()[0] for step in steps(told)]
    assert first_words == [
        "Relire", "Refaire", "Numériser", "Retrouver", "Numériser", "Régler", "Transcrire", "Relancer"
    ]  # fmt: skip


def test_many_carnets_stay_readable_and_can_all_be_named(tmp_path, show):
    make(tmp_path / "c", tmp_path / "scans", 200)
    code, told = show(tmp_path / "c")
    assert code == ExitCode.INCOMPLETE
    assert len(told.splitlines()) < 70
    assert "et 8 autres." in told
    assert "--tout" in told
    _, everything = show(tmp_path / "c", "--tout")
    assert sum("il manque les pages" in line for line in everything.splitlines()) == 20
    assert " autre" not in everything.split("À faire")[0].replace("autres sont lues", "")


def test_a_campaign_in_order_asks_for_nothing(maker, show):
    with open_store(maker.folder) as store:
        maker.carnet(store, "A", 1)
    code, told = show(maker.folder)
    assert code == ExitCode.DONE
    assert "rien d’urgent" in told
    assert steps(told) == []


def test_doubts_alone_are_normal_and_settled_ones_are_gone(maker, show):
    with open_store(maker.folder) as store:
        maker.carnet(store, "A", 1, BOUND, (DOUBT, TEXT))
        store.add_verdicts([verdict(1, page) for page in BOUND[:-1]])
    code, told = show(maker.folder)
    assert code == ExitCode.DONE
    assert steps(told)[0].startswith("Régler 1 réponse douteuse")
    assert steps(told)[1].startswith("Transcrire 12 réponses libres")


def test_an_interrupted_reading_comes_first(maker, show):
    with open_store(maker.folder) as store:
        maker.carnet(store, "A", 1, (1, 2, 3))
        maker.file(store, "A", 7)
        gone = maker.file(store, "A", 2)
    (maker.scans / "lot-0003.pdf").unlink()
    assert gone.path.endswith("lot-0003.pdf")
    code, told = show(maker.folder)
    assert code == ExitCode.INCOMPLETE
    assert "9  pages illisibles, dont 9 faces pas encore lues" in told
    assert "7 faces n’ont pas encore été lues (lot-0002.pdf)" in steps(told)[0]
    assert f"carnet lire {maker.scans / 'lot-0002.pdf'} --dossier {maker.folder}" in steps(told)[0]
    assert "2 faces" in steps(told)[1]
    assert "disparu" in steps(told)[1]


def test_pages_read_but_not_decided_are_told(maker, show):
    with open_store(maker.folder) as store:
        file = maker.file(store, "A", 1)
        store.add_sides(file.sha256, [1], [maker.page(file.sha256, 1, 1, 1)])
    code, told = show(maker.folder)
    assert code == ExitCode.INCOMPLETE
    assert steps(told)[0].startswith("Ranger 1 page lue")


@pytest.mark.parametrize("content", [None, b"", b"\xff\xd8\xff"])
def test_a_kept_image_that_is_lost_or_torn_is_told(content, maker, show):
    with open_store(maker.folder) as store:
        maker.carnet(store, "A", 1)
    image = next((maker.folder / "pages").iterdir())
    if content is None:
        image.unlink()
    else:
        image.write_bytes(content)
    code, told = show(maker.folder)
    assert code == ExitCode.INCOMPLETE
    assert steps(told)[0].startswith("Relire 1 page")
    assert "lot-0001.pdf" in steps(told)[0]


def test_pages_in_conflict_are_to_be_compared(maker, show):
    with open_store(maker.folder) as store:
        maker.carnet(store, "A", 1)
        maker.carnet(store, "A", 2, disposition=Disposition.CONFLICT)
    code, told = show(maker.folder)
    assert code == ExitCode.INCOMPLETE
    assert steps(told)[0].startswith("Comparer les 12 versions")


def test_a_refused_file_that_was_taken_away_no_longer_blocks(maker, show):
    with open_store(maker.folder) as store:
        maker.carnet(store, "A", 1)
        maker.file(store, "A", 0, "truncated_pdf")
    assert show(maker.folder)[0] == ExitCode.INCOMPLETE
    (maker.scans / "lot-0002.pdf").unlink()
    code, told = show(maker.folder)
    assert code == ExitCode.DONE
    assert "retirés de leur dossier : lot-0002.pdf" in told


def test_a_lot_that_is_called_by_a_number_is_a_name(maker, show):
    with open_store(maker.folder) as store:
        store.register_printed([entry(900_000, "12"), entry(900_001, "MVAC-01")])
    _, told = show(maker.folder)
    assert "  12              1" in told
    assert "  MVAC-01         1" in told


def test_a_nominative_sheet_is_not_awaited_as_a_carnet(maker, show):
    sheet = replace(entry(900_001, "A", remis_le="2026-11-02"), form="volet_nominatif")
    with open_store(maker.folder) as store:
        store.register_printed([entry(900_000, "A"), sheet])
    _, told = show(maker.folder)
    (line,) = [line for line in told.splitlines() if line.startswith("  A ")]
    assert line.split() == ["A", "1"]
    assert sheet.carnet not in told


def test_it_looks_while_another_run_works(maker, show):
    with open_store(maker.folder) as store:
        maker.carnet(store, "A", 1)
    with campaign_lock(maker.folder):
        assert show(maker.folder)[0] == ExitCode.DONE


def test_a_folder_without_campaign_is_told_and_left_alone(tmp_path, show):
    code, told = show(tmp_path / "rien")
    assert code == ExitCode.INPUT
    assert "--dossier" in told
    assert not (tmp_path / "rien").exists()


def test_every_step_has_its_sentence():
    from pipeline.batch.state import Step

    assert set(STEPS) == {step.value for step in Step}
