"""A campaign made by hand, of any size: lots, carnets whole and not, pages refused, doubts, a register."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.batch.worker import IMAGES
from pipeline.model.decision import FieldDecision, Status, Verdict
from pipeline.model.identity import PageIdentity, carnet_number
from pipeline.model.result import DecidedPage, Disposition, PageResult, RegisterEntry
from pipeline.model.scan import Pose, SourceRef
from pipeline.store import StoredFile, open_store
from pipeline.workbook.registre import add_to_registre

POSE = Pose(matrix=(8, 0, 0, 0, 8, 0, 0, 0, 1), markers=4, rotation_deg=0.0, print_scale=1.0, residual_mm=0.02)
BOUND, JACKET = tuple(range(1, 13)), (1, 2, 11, 12)
JPEG = b"\xff\xd8\xff\xd9"
DOUBT = FieldDecision(
    field="prof_arrondissement", type="comb", raw="1 ", value="", status=Status.REVIEW, confidence=0.4,
    reasons=("uncertain_digit",),
)  # fmt: skip
TEXT = FieldDecision(
    field="avis_aime", type="text", raw="", value="", status=Status.REVIEW, confidence=0.1, reasons=("free_text",)
)


def entry(serial: int, lot: str, **noted: str) -> RegisterEntry:
    number = carnet_number(26, serial)
    printed = RegisterEntry(
        carnet=number, form="carnet", version="2026.1", variant="standard", printed_on="2026-11-01", lot=lot
    )
    return replace(printed, **noted)


class Maker:
    """Files with their pages, entered into a store as a reading leaves them."""

    def __init__(self, folder: Path, scans: Path) -> None:
        self.folder, self.scans = folder, scans
        (folder / IMAGES).mkdir(parents=True)
        scans.mkdir(exist_ok=True)
        self.number = 0
        self.one_image = False

    def page(self, sha: str, side: int, serial: int, number: int) -> PageResult:
        image = f"{IMAGES}/{'commune' if self.one_image else f'{sha[:16]}-{side:04d}-1'}.jpg"
        if not (self.folder / image).exists():
            (self.folder / image).write_bytes(JPEG)
        return PageResult(
            source=SourceRef(path="", sha256=sha, side=side),
            slot=1,
            form="carnet",
            version="2026.1",
            identity=PageIdentity(
                form_code=1, version_code=261, variant=0, carnet=carnet_number(26, serial), page=number
            ),
            layout_page=number,
            pose=POSE,
            image=image,
        )

    def file(self, store, lot: str, sides: int, problem: str = "") -> StoredFile:
        self.number += 1
        path = self.scans / f"lot-{self.number:04d}.pdf"
        path.touch()
        file = StoredFile(
            sha256=f"{self.number:064x}", path=str(path), sides=sides, problem=problem, first_read="2026-11-18", lot=lot
        )
        store.add_file(file)
        return file

    def carnet(
        self, store, lot: str, serial: int, pages=BOUND, decisions=(), *, disposition=Disposition.PLACED
    ) -> None:
        file = self.file(store, lot, len(pages))
        found = [self.page(file.sha256, side, serial, number) for side, number in enumerate(pages, start=1)]
        store.add_sides(file.sha256, range(1, len(pages) + 1), found)
        reason = "" if disposition is Disposition.PLACED else "page_conflict"
        decided = [
            DecidedPage(key=page.key, disposition=disposition, reason=reason, decisions=tuple(decisions))
            for page in found
        ]
        store.save_decisions(carnet_number(26, serial), decided)

    def refused(self, store, lot: str, problem: str) -> StoredFile:
        file = self.file(store, lot, 1)
        source = SourceRef(path=file.path, sha256=file.sha256, side=1)
        store.add_sides(
            file.sha256, [1], [PageResult(source=source, slot=1, disposition=Disposition.UNREADABLE, problem=problem)]
        )
        return file


def make(folder: Path, scans: Path, carnets: int) -> Maker:
    """Of every ten carnets: six whole, one jacket alone, one in pieces, one awaited, one noted as returned."""
    maker = Maker(folder, scans)
    maker.one_image = True  # a file for each of thousands of pages would only try the disk
    lots = [f"MVAC-{number:02d}" for number in range(1, 2 + carnets // 25)]
    with open_store(folder) as store:
        store._db.execute("PRAGMA synchronous = OFF")  # thousands of transactions that need not outlive a power cut
        entries = []
        for serial in range(carnets):
            noted = {"remis_le": "2026-11-02"}
            if serial % 10 != 8:
                noted["rendu_le"] = "2026-11-16"
            entries.append(entry(serial, lots[serial % len(lots)], **noted))
        store.register_printed(entries)
        for serial, known in enumerate(entries):
            if serial % 10 in (8, 9):
                continue
            pages = {6: JACKET, 7: (1, 2, 5, 6, 11, 12)}.get(serial % 10, BOUND)
            maker.carnet(store, known.lot, serial, pages, (DOUBT, TEXT) if serial % 5 == 0 else ())
        for reason in ("no_identity", "no_identity", "worker_killed")[: carnets // 4]:
            maker.refused(store, lots[0], reason)
        maker.file(store, lots[0], 0, "encrypted_pdf")
    add_to_registre(folder / "registre.xlsx", entries)
    return maker


def verdict(serial: int, page: int) -> Verdict:
    return Verdict(
        carnet=carnet_number(26, serial), page=page, field="prof_arrondissement", raw="11", value="11",
        status=Status.VERIFIED, day="2026-11-19",
    )  # fmt: skip
