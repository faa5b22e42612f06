"""Synthetic campaigns put straight into a store, as if their scans had been read."""

from __future__ import annotations

from pathlib import Path

from pipeline.model.identity import PageIdentity
from pipeline.model.result import Campaign, DecidedPage, Disposition, PageResult
from pipeline.model.scan import SourceRef
from pipeline.store import StoredFile, open_store
from tests.consolidate.respondents import carnet_form


def store_carnets(folder: Path, campaign: Campaign) -> Path:
    """Every carnet of a campaign, one file each, its decisions made."""
    form = carnet_form()
    with open_store(folder) as store:
        known = store.printed_numbers()
        store.register_printed(entry for entry in campaign.register if entry.carnet not in known)
        for carnet in campaign.carnets:
            sha = carnet.pages[0].row.sha256
            store.add_file(
                StoredFile(
                    sha256=sha, path=f"{carnet.carnet}.pdf", sides=12, problem="", first_read="2026-11-18", lot="",
                    copy=False,
                )
            )  # fmt: skip
            results = [
                PageResult(
                    source=SourceRef(path=f"{carnet.carnet}.pdf", sha256=sha, side=page.row.page),
                    slot=1,
                    form=form.id,
                    version=form.version,
                    identity=PageIdentity(
                        form_code=form.code, version_code=form.version_code, variant=0, carnet=carnet.carnet,
                        page=page.row.page,
                    ),
                    layout_page=page.row.page,
                )
                for page in carnet.pages
            ]  # fmt: skip
            store.add_sides(sha, [page.row.page for page in carnet.pages], results)
            decided = [
                DecidedPage(
                    key=result.key,
                    disposition=Disposition.PLACED,
                    reason="",
                    decisions=tuple(outcome.decision for outcome in page.outcomes),
                )
                for page, result in zip(carnet.pages, results, strict=True)
            ]
            store.save_decisions(carnet.carnet, decided)
    return folder
