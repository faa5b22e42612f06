"""Campaigns made by hand: a small form of its own, and random answers to any form."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.model.decision import FieldDecision, Outcome, Status, Verdict
from pipeline.model.form import (
    Derived,
    Field,
    FormDefinition,
    FormShelf,
    Option,
    Page,
    PublishedForm,
    Purpose,
    Table,
)
from pipeline.model.identity import carnet_number
from pipeline.model.layout import Box, Layout, PageLayout, StampLayout
from pipeline.model.result import (
    BalanceRow,
    Campaign,
    CarnetRecord,
    Disposition,
    JournalEntry,
    PageRecord,
    RegisterEntry,
)

WHY = Purpose(indicators=("R4",))
LEVELS = (
    Option(value="1", label="Je découvre"),
    Option(value="2", label="Avec de l’aide"),
    Option(value="3", label="Seul"),
)


def field(name: str, page: int, type: str = "comb", **more: object) -> Field:
    given = {"label": f"La question {name}", "short": name.capitalize(), "required": "R", "purpose": WHY} | more
    return Field(name=name, page=page, type=type, **given)


def rowed(group: str, row: int, column: str, page: int, type: str = "comb", **more: object) -> Field:
    short = {"short": column.capitalize()} | more
    return field(f"{group}{row}_{column}", page, type, group=group, row=row, column=column, **short)


def small_form(version: str = "1") -> FormDefinition:
    """Four pages: profile and opinion (the jacket: 1 and 4), actions, skills; actions go on, on page 21."""
    actions = [
        one
        for row, page in ((1, 2), (2, 2), (3, 21), (4, 21))
        for one in (
            rowed("act", row, "date", page, kind="date", format="DDMMYY", cells=6, required="O"),
            rowed("act", row, "place", page, kind="code", values=("1", "2"), cells=1),
            rowed("act", row, "duree", page, kind="duration", format="HHMM", cells=4),
            rowed("act", row, "texte", page, "text"),
        )
    ]
    places = [
        rowed(
            "str", n, "type", 2, "choice", options=(Option(value="A", label="asso"), Option(value="V", label="ville"))
        )
        for n in (1, 2)
    ]
    skills = [
        rowed("cmp", n, when, 3, "choice", options=LEVELS, ordered=True) for n in (1, 2) for when in ("debut", "fin")
    ]
    opinions = [
        field(f"avis_{name}", 4, "choice", options=LEVELS, ordered=True, label=f"Avis {name}")
        for name in ("mots", "utile")
    ]
    scale = tuple(Option(value=str(n), label=str(n)) for n in range(11))
    fields = (
        field("prof_public", 1, "choice", multiple=True, required="O", short="Public",
              options=(Option(value="BEN", label="bénévole"), Option(value="VDP", label="volontaire"))),
        field("prof_age", 1, "choice", ordered=True, options=LEVELS, short="Âge"),
        field("prof_arr", 1, kind="integer", cells=2, minimum=0, maximum=20, labels={"0": "hors Paris"}),
        field("prof_minutes", 1, kind="integer", cells=3),
        field("prof_debut", 1, kind="date", format="DDMMYYYY", cells=8),
        field("prof_fin", 1, kind="date", format="DDMMYYYY", cells=8),
        field("prof_depuis", 1, kind="date", format="MMYYYY", cells=6),
        field("prof_rna", 1, kind="text", prefix="W", cells=9),
        field("prof_nom", 1, "masked"),
        field("prof_mot", 1, "text"),
        field("prof_signe", 1, "signature"),
        *places,
        *actions,
        *skills,
        *opinions,
        field("avis_note", 4, "choice", options=scale, ordered=True),
    )  # fmt: skip
    return FormDefinition(
        id="petit",
        version=version,
        code=7,
        version_code=int(version),
        title="Petit carnet",
        pages=(
            *(Page(number=n, title=f"Page {n}") for n in (1, 2, 3, 4)),
            Page(number=21, title="Suite", continues="act", first_row=3, rows=2),
        ),
        fields=fields,
        tables=(
            Table(sheet="Lieux", group="str", row_label="Lieu"),
            Table(sheet="Actions", group="act", row_label="Action"),
            Table(sheet="Competences", group="cmp", row_label="Compétence", melt=("debut", "fin"), melt_label="Moment",
                  row_labels={1: "Écouter", 2: "Parler"}, families={1: "A", 2: "B"}),
            Table(sheet="Avis", group="avis", row_label="Question", items=("avis_mots", "avis_utile")),
        ),
        derived=(
            Derived(name="heures_total", label="Heures", op="sum", table="act", fields=("duree",)),
            Derived(name="nb_actions", label="Actions", op="count_rows", table="act"),
            Derived(name="nb_places", label="Lieux cités", op="distinct", table="act", fields=("place",)),
            Derived(name="premiere", label="Première", op="min", table="act", fields=("date",)),
            Derived(name="jours", label="Suivi", op="span_days", table="act", fields=("date",)),
            Derived(name="act_type", label="Type du lieu", op="lookup", table="act", fields=("place", "str", "type")),
            Derived(name="meme_jour", label="Même jour", op="same_day", fields=("prof_debut", "prof_fin")),
            Derived(name="classe", label="Classe", op="band", fields=("avis_note",),
                    bands={"0-6": "0 à 6", "7-10": "7 à 10"}),
        ),
        jacket=(1, 4),
    )  # fmt: skip


def published(form: FormDefinition) -> PublishedForm:
    mark = Box(x=7, y=7, w=6, h=6)
    stamp = StampLayout(markers=(mark,) * 4, codes=(mark, mark), numbers=(mark, mark))
    layout = Layout(
        form=form.id,
        version=form.version,
        page_size_mm=(148, 210),
        pages=tuple(PageLayout(number=page.number, fields=()) for page in form.pages),
        stamp=stamp,
    )
    return PublishedForm(definition=form, layout=layout, folder=Path("nowhere"))


def shelf(*forms: FormDefinition) -> FormShelf:
    return FormShelf(forms=tuple(map(published, forms)))


def decision(
    form: FormDefinition,
    name: str,
    value: str = "",
    *,
    raw: str | None = None,
    reasons: Iterable[str] = (),
    warnings: Iterable[str] = (),
) -> FieldDecision:
    reasons = tuple(reasons)
    raw = value if raw is None else raw
    status = Status.REVIEW if reasons else Status.ACCEPTED if raw else Status.BLANK
    return FieldDecision(
        field=name,
        type=form.resolve(name).type,
        raw=raw,
        value=value,
        status=status,
        confidence=0.98765432,
        reasons=reasons,
        warnings=tuple(warnings),
    )


def outcome(
    form: FormDefinition, name: str, value: str = "", *, verdict: Verdict | None = None, **more: object
) -> Outcome:
    return Outcome(decision=decision(form, name, value, **more), verdict=verdict)


def verdict(name: str, value: str, page: int = 1, status: Status = Status.VERIFIED, raw: str | None = None) -> Verdict:
    return Verdict(
        carnet="",
        page=page,
        field=name,
        raw=value if raw is None else raw,
        value=value,
        status=status,
        day="2026-11-20",
    )


def page(
    form: FormDefinition,
    number: int,
    outcomes: Iterable[Outcome] = (),
    *,
    disposition: Disposition = Disposition.PLACED,
    carnet: str = "26-004271-20",
    image: str = "",
    sha: str = "a" * 64,
    side: int = 1,
) -> PageRecord:
    """A page whose fields are those given, the others left blank by the person."""
    given = {one.decision.field: one for one in outcomes}
    names = [one.name for one in form.fields if one.page == number and one.type != "masked"]
    everything = [given.pop(name, None) or outcome(form, name) for name in names]
    row = BalanceRow(
        source_file="lot/SCAN0001.pdf",
        source_page=side,
        slot=1,
        disposition=disposition,
        reason="page_conflict" if disposition is Disposition.CONFLICT else "",
        carnet_id=carnet,
        form=form.id,
        version=form.version,
        page=number,
        rotation_deg=180.0,
        print_scale=1.0,
        residual_mm=0.04,
        sha256=sha,
        image=image,
    )
    boxes = {one.decision.field: (200, 200 + 90 * place, 240, 60) for place, one in enumerate(everything)}
    return PageRecord(row=row, outcomes=(*everything, *given.values()), boxes=boxes)


def carnet(
    form: FormDefinition, *pages: PageRecord, cle: str = "CAAAAAAAAA", number: str = "26-004271-20"
) -> CarnetRecord:
    entry = RegisterEntry(
        carnet=number, form=form.id, version=form.version, variant="standard", printed_on="2026-09-01", lot="L1",
        canal="forum", public="BEN", remis_le="2026-09-10",
    )  # fmt: skip
    return CarnetRecord(
        carnet=number, cle=cle, form=form.id, version=form.version, entry=entry, scanned_on="2026-11-18", pages=pages
    )


def campaign(*carnets: CarnetRecord, balance: Iterable[BalanceRow] = ()) -> Campaign:
    rows = tuple(page.row for one in carnets for page in one.pages)
    return Campaign(
        carnets=carnets,
        balance=(*rows, *balance),
        register=tuple(one.entry for one in carnets if one.entry),
        verdicts=(),
        journal=(JournalEntry(at="2026-11-18T10:00:00", command="lire", message="1 fichier"),),
    )


# Random answers to any form

TEXTS = ("=1+1", "J’ai aidé à la collecte du quartier", "@accueil", "Préparer la salle et ranger ensuite")
DOUBTS = {
    "choice": ("uncertain_mark", "several_marks"),
    "comb": ("uncertain_digit", "gap_between_digits"),
    "signature": ("uncertain_ink",),
}


def random_campaign(
    form: FormDefinition,
    count: int,
    seed: int = 1,
    image: str = "",
    boxes: dict[str, tuple[int, int, int, int]] | None = None,
) -> Campaign:
    """``count`` carnets of synthetic answers: blanks, doubts, verdicts, outer sheets alone, missing pages."""
    luck = random.Random(seed)
    return campaign(*(_random_carnet(form, luck, image, boxes or {}) for _ in range(count)))


def _random_carnet(
    form: FormDefinition, luck: random.Random, image: str, boxes: dict[str, tuple[int, int, int, int]]
) -> CarnetRecord:
    number = carnet_number(26, luck.randrange(10**6))
    cle = "C" + "".join(luck.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(9))
    pages = list(form.jacket) if luck.random() < 0.2 else list(form.booklet)
    if luck.random() < 0.12:
        pages.remove(luck.choice(pages))
    used = {group: luck.randint(1, 9) for group in sorted({one.group for one in form.fields if one.group})}
    records = []
    for number_on_page in pages:
        found = [
            _random_outcome(form, one, luck, used)
            for one in form.fields
            if one.page == number_on_page and one.type != "masked"
        ]
        record = page(form, number_on_page, found, carnet=number, image=image, sha=f"{luck.randrange(16**8):08x}" * 8)
        records.append(replace(record, boxes={**record.boxes, **{n: b for n, b in boxes.items() if n in record.boxes}}))
    return replace(carnet(form, *records, cle=cle, number=number), scanned_on=f"2026-11-{luck.randint(10, 20)}")


def _random_outcome(form: FormDefinition, one: Field, luck: random.Random, used: dict[str, int]) -> Outcome:
    labelled = any(table.group == one.group and table.row_labels for table in form.tables)
    unused = one.group and not labelled and one.row > used[one.group]
    if unused or luck.random() < (0.5 if one.type == "text" else 0.08):
        return outcome(form, one.name)
    if one.type == "text":
        settled = verdict(one.name, luck.choice(TEXTS)) if luck.random() < 0.5 else None
        return outcome(form, one.name, raw="", reasons=("free_text",), verdict=settled)
    value, draw = _random_value(one, luck), luck.random()
    if draw < 0.035:
        settled = None
        if draw > 0.03:
            settled = verdict(one.name, "", status=Status.ILLEGIBLE)
        elif draw > 0.02:
            settled = verdict(one.name, _random_value(one, luck))
        reason = luck.choice(DOUBTS[one.type])
        return outcome(form, one.name, value, reasons=(reason,), verdict=settled)
    unusual = one.kind == "duration" and luck.random() < 0.05
    return outcome(form, one.name, value, warnings=("unusual_minutes",) if unusual else ())


def _random_value(one: Field, luck: random.Random) -> str:
    by_kind = {
        "date": lambda: (
            f"2026-{luck.randint(1, 10):02d}" + (f"-{luck.randint(1, 28):02d}" if "D" in one.format else "")
        ),
        "duration": lambda: str(luck.choice((1.0, 1.5, 2.0, 2.5, 3.0, 4.0))),
        "code": lambda: luck.choice(one.values),
        "integer": lambda: str(luck.randint(one.minimum or 0, 60 if one.maximum is None else one.maximum)),
        "text": lambda: one.prefix + "".join(luck.choice("0123456789") for _ in range(one.cells)),
    }
    if one.type == "comb":
        return by_kind[one.kind]()
    if one.type == "signature":
        return luck.choice(("present", "absent"))
    codes = [option.value for option in one.options]
    if one.multiple:
        return "|".join(code for code in codes if luck.random() < 0.4) or codes[0]
    return luck.choice(codes)
