"""Settings of the room ``register``: where a page lies and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings.declare import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """Where a page lies and whose it is."""

    marker_residual_mm: float = setting(
        0.5, unit="mm", reason="flat sheets stay under 0.06; a sticker or a false hit is over", origin="measured"
    )
    plain_residual_mm: float = setting(
        0.04, unit="mm", reason="above it a plain model may miss perspective", origin="measured, photographs"
    )
    group_distance_mm: float = setting(
        60.0, unit="mm", reason="page middles lie 148 apart; perspective bends a lone marker by 30", origin="geometry"
    )
    group_scale_ratio: float = setting(
        2.4, unit="ratio", reason="near and far edge of a photographed page", origin="measured"
    )
    corner_window_ratio: float = setting(
        0.09, unit="share of the long side", reason="27 mm on A4 holds a corner marker with skew", origin="measured"
    )
    missing_marker_reach_mm: float = setting(
        8.0, unit="mm", reason="where a lone marker may misplace the others", origin="measured"
    )
    overlap_margin_mm: float = setting(10.0, unit="mm", reason="pages touch, they do not overlap", origin="geometry")
    overlap_ratio: float = setting(
        0.05,
        unit="share of the page",
        reason="pages of one sheet touch, perspective makes them share 2 %",
        origin="geometry",
    )
    covered_ratio: float = setting(
        0.85, unit="share of the side", reason="pages found fill the sheet: nothing is left to find", origin="geometry"
    )
    half_tolerance_mm: float = setting(
        18.0, unit="mm", reason="A4 with scanner margins, US letter aside", origin="geometry"
    )
    print_scale_tolerance: float = setting(
        0.015, unit="ratio", reason="« fit to page » prints at 94 to 97 %", origin="other form readers (0.985)"
    )
    blank_contrast: float = setting(
        36.0, unit="grey levels", reason="show-through stays under 25, pencil is over 45", origin="measured"
    )
    blank_ink_mm2: float = setting(12.0, unit="mm²", reason="one handwritten word is over 20", origin="measured")
    stamp_contrast: float = setting(
        18.0,
        unit="grey levels",
        reason="a marker is half black, and show-through stays under 25: under 13 on the whole of it",
        origin="measured",
    )
    stamp_squares: int = setting(
        4,
        unit="squares of a page's six",
        reason="tick boxes and letters stand in three of its places at most",
        origin="measured, 72 forms without stamp, 144 blank sheets; pale stamps: 4 to 6",
    )
    page_ink_mm2: float = setting(
        300.0, unit="mm²", reason="a printed A5 page holds over 900, an edge's shadow under 150", origin="measured"
    )
    streak_contrast: float = setting(
        12.0, unit="grey levels", reason="dirt on the glass darkens by 30 and more, grain by 5", origin="measured"
    )
    streak_ratio: float = setting(
        0.9, unit="share of the length", reason="no printed line runs over the whole side", origin="geometry"
    )
    bare_range: float = setting(
        40.0, unit="grey levels", reason="no trace of a marker: black on white is over 100", origin="measured"
    )
    page_edge_mm: float = setting(4.0, unit="mm", reason="shadow along the edge of a page", origin="measured")
    speck_mm2: float = setting(0.75, unit="mm²", reason="dust and toner specks", origin="measured")
    blank_margin_mm: float = setting(16.0, unit="mm", reason="punched holes end 15 mm from the edge", origin="ISO 838")
    thick_stroke_mm: float = setting(
        5.0, unit="mm", reason="print and writing are thinner; lids and shadows are not", origin="measured"
    )
    anchor_reach_mm: float = setting(
        2.6, unit="mm", reason="paper bulges 2 mm; combs repeat every 6 mm", origin="measured"
    )
    coarse_likeness: float = setting(0.4, unit="correlation", reason="other print stays under 0.35", origin="measured")
    coarse_tolerance_mm: float = setting(0.5, unit="mm", reason="half-size matches, quadratic bend", origin="measured")
    near_reach_mm: float = setting(0.9, unit="mm", reason="a flat sheet's print is this near", origin="measured")
    bent_ratio: float = setting(
        0.15, unit="share of anchors", reason="writing hides fewer; a bend moves more", origin="measured"
    )
    pose_again_mm: float = setting(
        0.8, unit="mm", reason="a photograph with three markers is off by more in the fourth corner", origin="measured"
    )
    fine_reach_mm: float = setting(0.6, unit="mm", reason="what a first, coarse bend leaves", origin="measured")
    fine_likeness: float = setting(0.45, unit="correlation", reason="other print stays under 0.35", origin="measured")
    fine_tolerance_mm: float = setting(0.25, unit="mm", reason="a smooth sheet leaves 0.05", origin="measured")
    least_matched_ratio: float = setting(
        0.6, unit="share of anchors", reason="a page full of writing keeps 0.9, another under 0.5", origin="measured"
    )
    least_anchors: int = setting(6, unit="anchors", reason="fewer prove nothing", origin="measured")
    sure_likeness: float = setting(
        0.6, unit="correlation", reason="print seen plainly; under writing it is less alike", origin="measured"
    )
    astray_mm: float = setting(
        0.25, unit="mm", reason="smooth paper leaves plainly seen print nearer", origin="measured, 384 pages"
    )
    astray_anchors: int = setting(
        2, unit="anchors", reason="one may be captured by its likeness to other print", origin="measured"
    )
    alone_likeness: float = setting(
        0.75,
        unit="correlation",
        reason="print that lies where it is seen; what is captured is less alike",
        origin="measured, 1932 pages",
    )
    alone_least_mm: float = setting(
        0.4, unit="mm", reason="an anchor alone beyond a fold is astray by more", origin="measured, 1932 pages"
    )
    alone_most_mm: float = setting(
        1.5, unit="mm", reason="the field follows paper so far; farther off other print was found", origin="measured"
    )
    fold_step_mm: float = setting(0.35, unit="mm", reason="a smaller step misleads no box", origin="measured")
    fold_error_mm: float = setting(
        0.06, unit="mm", reason="a step that matters leaves more, captured anchors aside", origin="measured, 1932 pages"
    )
    fold_explains_ratio: float = setting(
        0.45,
        unit="ratio",
        reason="a step halves the error of a fold, never that of a bend",
        origin="measured, 1932 pages",
    )
    runaway_limit_mm: float = setting(
        1.0,
        unit="mm",
        reason="fields of two orders of a page that lost a marker; held by print, they lead this far apart nowhere",
        origin="measured, 1025 pages: between 0.5 and 1.0 no box of a whole sheet was 0.5 off, and none under it",
    )
    close_look_mm: float = setting(
        0.055,
        unit="mm",
        reason="what a field leaves where three times as many anchors are worth their time",
        origin="measured: over it are 1 in 300 of whole sheets, and of 154 slipped ones all that were 0.5 off",
    )
    close_look_lost_mm: float = setting(
        0.04, unit="mm", reason="the same where a marker is lost, and with it what holds a corner", origin="measured"
    )
    close_reach_mm: float = setting(
        1.3, unit="mm", reason="how far the field of a few anchors leads astray between them", origin="measured"
    )
    uneven_residual_mm: float = setting(
        0.075,
        unit="mm",
        reason="whole sheets leave under it; told, as boxes may lie half a millimetre off, and not refused: no real "
        "scanner was measured",
        origin="measured, 1960 pages: one whole sheet over it, five of eight slipped or folded ones half a mm off",
    )
    residual_limit_mm: float = setting(0.3, unit="mm", reason="a tick box is 5 mm", origin="technology")
