"""One writer at a time in a campaign folder."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import OutputError, system_reason
from pipeline.store.place import require_local, sweep

LOCK_NAME = ".verrou"


@contextmanager
def campaign_lock(folder: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the folder's lock; ``waiting`` is called once when another run holds it.

    The lock is the kernel's: it goes with the process, however that ends.  What an
    earlier run could not finish writing is then removed.  Raises ``OutputError`` when the
    folder cannot be written or lies on a network share.
    """
    require_local(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutputError(
            f"Le dossier de campagne « {folder} » ne peut pas être écrit ({system_reason(error)}). "
            "Choisissez un autre dossier avec --dossier, ou demandez le droit d’y écrire.",
            folder=str(folder),
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        sweep(folder)
        yield
    finally:
        os.close(handle)
