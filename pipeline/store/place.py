"""The campaign folder as a place on a disk: on this machine, with room, and without leftovers."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import OutputError, system_reason

MOUNT_TABLE = Path("/proc/self/mountinfo")
SHARES = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "glusterfs", "beegfs"}
    | {"davfs", "davfs2", "sshfs", "rclone", "s3fs", "gvfsd-fuse", "smbnetfs", "curlftpfs"}
)
"""File systems that live on another machine, where SQLite's write-ahead log is not safe."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ESCAPED = re.compile(r"\\([0-7]{3})")
_BESIDE = re.compile(r"\.\w+-\w{8}\.(xlsx|csv)")
"""What ``write_whole`` calls a file that is not yet in place."""


def share_of(folder: Path, table: str) -> str:
    """The kind of network share that a folder lies on, empty when it lies on a local disk.

    ``table`` is the text of ``/proc/self/mountinfo``; of several mounts that lead to the
    folder the deepest counts, and of those at one place the last.
    """
    place = folder.resolve()
    best, kind = -1, ""
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        if not after or len(before.split(" ")) < 5:
            continue
        mount = Path(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), before.split(" ")[4]))
        depth = len(mount.parts)
        if depth >= best and (place == mount or mount in place.parents):
            best, kind = depth, after.split(" ")[0]
    return kind if kind.removeprefix("fuse.") in SHARES else ""


def require_local(folder: Path) -> None:
    """Raise ``OutputError`` when the folder lies on a network share."""
    try:
        table = MOUNT_TABLE.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    share = share_of(folder, table)
    if share:
        raise OutputError(
            f"Le dossier de campagne « {folder} » est sur un partage réseau ({share}). La base de la campagne n’y est "
            "pas en sécurité : deux postes pourraient l’abîmer en écrivant à la fois. Choisissez avec --dossier un "
            "dossier de ce poste ; les numérisations, elles, peuvent rester sur le partage.",
            folder=str(folder),
            share=share,
        )


def blocked(folder: Path, error: OSError) -> OutputError:
    """What stopped a write into the campaign folder, in words."""
    if error.errno in _FULL:
        what = f"Il n’y a plus de place sur le disque du dossier de campagne « {folder} »"
        remedy = "Libérez de la place"
    elif error.errno == errno.EROFS:
        what = f"Le dossier de campagne « {folder} » est en lecture seule"
        remedy = "Choisissez un autre dossier avec --dossier, ou rendez-le inscriptible"
    else:
        where = f" (« {error.filename} »)" if error.filename else ""
        what = f"L’écriture dans le dossier de campagne « {folder} » a échoué : {system_reason(error)}{where}"
        remedy = "Vérifiez le disque et les droits d’accès"
    return OutputError(
        f"{what}. {remedy}, puis relancez la même commande : rien de ce qui était enregistré n’est perdu.",
        folder=str(folder),
        errno=error.errno,
    )


def sweep(folder: Path) -> int:
    """Remove what interrupted writes left behind; return how many.  Only under the lock: nobody is writing."""
    gone = 0
    for path in _leftovers(folder):
        try:
            path.unlink()
        except OSError:
            continue
        gone += 1
    return gone


def _leftovers(folder: Path) -> Iterator[Path]:
    """Images, workbooks and exports that were never put in place: they may hold people's words."""
    for name in ("pages", ".blancs"):
        yield from (folder / name).glob("*.part")
    for place in (folder, folder / "export"):
        if place.is_dir():
            yield from (path for path in place.iterdir() if _BESIDE.fullmatch(path.name))
