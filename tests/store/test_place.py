"""The campaign folder lies on this machine, and is swept of what was never finished."""

from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.errors import ExitCode, OutputError
from pipeline.store import campaign_lock, open_store, place

LOCAL = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"


def mounted(kind: str, where: object) -> str:
    escaped = str(where).replace(" ", "\\040")
    return f"{LOCAL}\n61 22 0:50 / {escaped} rw,nosuid shared:9 master:2 - {kind} //serveur/partage rw,vers=3.0\n"


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.davfs2", "fuse.gvfsd-fuse"])
def test_a_share_is_told_from_a_disk(kind, tmp_path):
    folder = tmp_path / "mes campagnes" / "pilote"
    assert place.share_of(folder, mounted(kind, tmp_path / "mes campagnes")) == kind
    assert place.share_of(tmp_path / "ailleurs", mounted(kind, tmp_path / "mes campagnes")) == ""
    assert place.share_of(tmp_path / "mes campagnes bis", mounted(kind, tmp_path / "mes campagnes")) == ""


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "vfat", "9p", "virtiofs"])
def test_a_local_disk_is_no_share(kind, tmp_path):
    assert place.share_of(tmp_path, mounted(kind, tmp_path)) == ""


def test_the_deepest_mount_counts_and_of_two_the_last(tmp_path):
    table = mounted("nfs4", tmp_path) + mounted("ext4", tmp_path / "local").splitlines()[-1]
    assert place.share_of(tmp_path / "local" / "c", table) == ""
    assert place.share_of(tmp_path / "c", table) == "nfs4"
    assert place.share_of(tmp_path / "c", mounted("nfs4", tmp_path) + mounted("ext4", tmp_path)) == ""


def test_a_folder_reached_through_a_link_is_where_it_lies(tmp_path):
    (tmp_path / "partage").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "partage")
    assert place.share_of(tmp_path / "lien" / "c", mounted("cifs", tmp_path / "partage")) == "cifs"


@pytest.fixture
def share(tmp_path, monkeypatch):
    table = tmp_path / "mountinfo"
    table.write_text(mounted("cifs", tmp_path / "partage"))
    monkeypatch.setattr(place, "MOUNT_TABLE", table)
    return tmp_path / "partage" / "campagne"


@pytest.mark.parametrize(
    "command",
    [
        ["lire", "{scans}"],
        ["imprimer", "--quantite", "1", "--sortie", "{scans}"],
    ],
)
def test_a_campaign_on_a_share_is_refused_in_words(command, share, tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    arguments = [part.format(scans=tmp_path) for part in command]
    assert main([*arguments, "--dossier", str(share)]) == ExitCode.OUTPUT
    told = capsys.readouterr().err
    assert "partage réseau (cifs)" in told
    assert str(share) in told
    assert not share.exists(), "nothing is written there"


def test_neither_lock_nor_store_is_opened_on_a_share(share):
    for opened in (campaign_lock, open_store):
        with pytest.raises(OutputError) as caught, opened(share):
            pass
        assert caught.value.evidence["share"] == "cifs"


def test_leftovers_go_and_nothing_else(tmp_path):
    kept = ["analyse.xlsx", "registre.xlsx", ".~lock.analyse.xlsx#", "notes.csv", ".cache", "pages/a-0001-1.jpg"]
    gone = [".analyse-ab_cd012.xlsx", "export/.lectures-abcdefgh.csv", "pages/a-0002-1.4711.part"]
    for name in (*kept, *gone):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    with campaign_lock(tmp_path):
        left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {*kept, ".verrou"}


def test_a_machine_without_a_mount_table_is_taken_at_its_word(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "MOUNT_TABLE", Path("/nowhere/mountinfo"))
    with campaign_lock(tmp_path):
        pass
