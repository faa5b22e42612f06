"""Pages placed, boxes and characters right, asked or silently wrong, by kind of scan."""

from __future__ import annotations

from pathlib import Path

from pipeline.batch.rehearsing import RehearsalReport, RehearsalRequest, rehearse_campaign
from pipeline.rehearse.score import Score, Tally
from pipeline.settings import load_settings

PROFILES = ("bureau_300", "bitonal_200")
_SHOWN_MISSES = 15


def report(desk: Path, carnets: int, seed: int, hands: Path | None, profiles: list[str]) -> str:
    """All tables."""
    parts = []
    for profile in profiles or PROFILES:
        for source in [None, hands] if hands else [None]:
            found = rehearsed(desk, profile, carnets, seed, source)
            title = f"{profile}, {'held-out real digits' if source else 'our own stroke model'}"
            parts.append(section(title, found.score, found.handover.sides))
    return "\n\n".join(parts)


def rehearsed(desk: Path, profile: str, carnets: int, seed: int, hands: Path | None) -> RehearsalReport:
    """One rehearsal, read and scored."""
    request = RehearsalRequest(
        quantity=carnets,
        out_dir=desk / f"{profile}-{'real' if hands else 'own'}",
        seed=seed + (1 if hands else 0),
        hands=hands,
        profile=profile,
        workers=2,
    )
    return rehearse_campaign(request, load_settings(None), lambda *_: None, lambda: None)


def section(title: str, score: Score, sides: int) -> str:
    """The tables of one rehearsal."""
    fates = {fate: score.fate(fate) for fate in ("placed", "refused", "conflict", "lost", "wrong")}
    pages = fates["placed"] + fates["refused"] + fates["conflict"] + fates["lost"]
    lines = [
        f"## {title}",
        "",
        f"{sides} sides, {pages} pages: "
        + ", ".join(f"{count} {fate}" for fate, count in fates.items())
        + f"; refusals: {dict(sorted(score.refused.items())) or 'none'}.",
        "",
        "| what was on the paper | n | right | asked | silently wrong | 95 % bound on silent, of accepted |",
        "|---|---|---|---|---|---|",
    ]
    for group in ("ticks", "digits", "combs"):
        lines.append(_row(f"**{group}, all**", score.total(group)))
        found = sorted((name, tally) for (key, name), tally in score.tallies.items() if key == group and tally.total)
        lines += [_row(f"{group}: {name}", tally) for name, tally in found]
    fields = sorted((name, tally) for (key, name), tally in score.tallies.items() if key == "fields")
    lines += [_row(f"fields: {name}", tally) for name, tally in fields]
    if score.misses:
        lines += ["", f"Silent errors ({len(score.misses)} fields; the first {_SHOWN_MISSES}):", ""]
        lines += [
            f"- {miss.carnet} p. {miss.page} {miss.field} ({miss.kind}): paper `{miss.true_raw}`, "
            f"read `{miss.read_raw}` → {miss.read_value}"
            for miss in score.misses[:_SHOWN_MISSES]
        ]
    return "\n".join(lines)


def _row(title: str, tally: Tally) -> str:
    """One line of figures."""
    total = max(1, tally.total)
    bound = f"{100 * tally.silent_bound():.3f} %" if tally.accepted else "–"
    return (
        f"| {title} | {tally.total} | {tally.right} | {tally.asked} ({100 * tally.asked / total:.1f} %) "
        f"| {tally.silent} | {bound} |"
    )
