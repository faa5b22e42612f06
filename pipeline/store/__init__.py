"""One SQLite file per campaign folder: register, pages, decisions, verdicts, journal.

``open_store(folder)`` gives the one writer of the folder.  A page is stored with the
side it came from in one transaction, so that an interrupted run leaves whole sides
behind and nothing else; verdicts and journal are append-only, enforced by triggers.
"""

from pipeline.store.files import Doubts, SideState, StoredFile
from pipeline.store.lock import campaign_lock
from pipeline.store.place import blocked, sweep
from pipeline.store.store import Store, open_store, require_campaign

__all__ = [
    "Doubts",
    "SideState",
    "Store",
    "StoredFile",
    "blocked",
    "campaign_lock",
    "open_store",
    "require_campaign",
    "sweep",
]
