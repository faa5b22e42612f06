"""The note for elected people, written from the published figures alone."""

from __future__ import annotations

from pipeline.consolidate.diffusion import Diffusion
from pipeline.consolidate.diffusion_charts import (
    family_chart,
    opinion_chart,
    percent,
    profile_chart,
    tick_chart,
    use_chart,
)
from pipeline.consolidate.diffusion_readme import french_day
from pipeline.consolidate.disclosure.shown import ShownRow, shown_rows
from pipeline.consolidate.disclosure.survey import Question
from pipeline.consolidate.disclosure.tables import ShownTable
from pipeline.consolidate.indicators import CAUTION as CAREFUL_BELOW
from pipeline.model.interval import wilson
from pipeline.model.note import ChartRow, Note, Tile
from pipeline.model.publication import NotePlan
from pipeline.wording import thousands

_NOT_SHOWN = "n’est pas publié, pour que personne ne soit reconnu"


def diffusion_note(found: Diffusion, plan: NotePlan) -> Note:
    """The four pages of an edition."""
    edition = found.edition
    headline = _whole(found, plan.forward)
    uses = _whole(found, plan.uses)
    wishes = _whole(found, plan.wishes)
    return Note(
        title=found.title,
        headline=plan.headline,
        readers=plan.readers,
        made=f"Édition n° {edition.number}, {french_day(edition.day)}",
        tiles=_tiles(found, headline, uses),
        essentials=_essentials(found, plan, headline, uses, wishes),
        tried=plan.tried,
        who=_who(found),
        opinions=_opinions(found, plan),
        skills=_skills(found, plan),
        wishes=_wishes(wishes),
        charts=(
            profile_chart(found, plan.profile),
            use_chart(uses),
            opinion_chart(found, plan.opinions),
            family_chart(found, plan.skills),
            tick_chart(wishes),
        ),
        interval=_interval(headline),
        example=_example(headline),
        unsaid=_unsaid(found),
        protection=_protection(found),
    )


Whole = tuple[Question, ShownRow]


def _whole(found: Diffusion, key: str) -> Whole | None:
    """A question for everybody; None when the form does not ask it."""
    table = found.table(key)
    return (table.question, shown_rows(table)[0]) if table else None


def _favourable(whole: Whole | None) -> tuple[int, int] | None:
    """How many are favourable, of how many; None when hidden or when nobody answered."""
    if whole is None:
        return None
    question, row = whole
    count = row.sum(question.favourable)
    return (count, row.base) if count is not None and row.base else None


def _tiles(found: Diffusion, headline: Whole | None, uses: Whole | None) -> tuple[Tile, ...]:
    """Three or four large figures."""
    tiles = [Tile(figure=thousands(found.edition.carnets), label="carnets rendus et lus")]
    returns = found.returns[0]
    if returns.handed and returns.comparable:
        tiles.append(Tile(figure=percent(returns.returned / returns.handed), label="des carnets remis sont revenus"))
    if uses and uses[1].total is not None:
        tiles.append(Tile(figure=f"{thousands(uses[1].total)}\u00a0h", label="notées dans les journaux lus en entier"))
    favourable = _favourable(headline)
    if headline and favourable and favourable[1] >= CAREFUL_BELOW:
        tiles.append(
            Tile(figure=percent(favourable[0] / favourable[1]), label=f"sont d’accord : « {headline[0].label} »")
        )
    return tuple(tiles)


def _essentials(
    found: Diffusion, plan: NotePlan, headline: Whole | None, uses: Whole | None, wishes: Whole | None
) -> tuple[str, ...]:
    """What to remember, in four or five sentences."""
    lines = [_returned(found)]
    if headline:
        lines.append(_agreement(headline))
    lines += _extremes(found, plan)
    if uses and uses[1].quartiles:
        low, middle, high = (_decimal(value) for value in uses[1].quartiles)
        lines.append(
            f"Heures notées : la moitié des personnes en comptent plus de *{middle}*. Une sur quatre en "
            f"compte moins de {low}, une sur quatre plus de {high}."
        )
    elif uses and uses[1].hidden:
        lines.append(f"Le nombre d’heures {_NOT_SHOWN}.")
    top = _most_ticked(wishes)
    if top:
        lines.append(f"Le souhait le plus fréquent : *« {top[0]} »*, {percent(top[1])} des personnes.")
    return tuple(lines)


def _returned(found: Diffusion) -> str:
    returns = found.returns[0]
    if not returns.comparable:
        return f"*{thousands(returns.returned)} carnets* sont revenus."
    if returns.handed:
        share = percent(returns.returned / returns.handed)
        return f"*{thousands(returns.returned)} carnets* sont revenus, sur {thousands(returns.handed)} remis ({share})."
    if returns.printed:
        return f"*{thousands(returns.returned)} carnets* sont revenus, sur {thousands(returns.printed)} imprimés."
    return f"*{thousands(returns.returned)} carnets* sont revenus."


def _agreement(whole: Whole) -> str:
    """The opinion put forward, with its interval."""
    favourable = _favourable(whole)
    if favourable is None:
        return f"L’avis « {whole[0].label} » {_NOT_SHOWN}."
    count, base = favourable
    low, high = wilson(count, base)
    return (
        f"*{percent(count / base)}* des personnes sont d’accord : « {whole[0].label} ». "
        f"Intervalle : de {percent(low)} à {percent(high)}, {thousands(base)} réponses"
        f"{' : à lire avec prudence' if base < CAREFUL_BELOW else ''}."
    )


def _extremes(found: Diffusion, plan: NotePlan) -> list[str]:
    """The opinions that the most and the fewest people share."""
    rated = _rated(found, plan)
    if len(rated) < 2:
        return []
    (least, last), (most, first) = rated[0], rated[-1]
    if wilson(*least)[1] > wilson(*most)[0]:
        low, high = (percent(count / base) for count, base in (least, most))
        told = "aucun ne se détache" if low != high else "la même part partout"
        return [f"Sur les {len(rated)} phrases d’avis, de {low} à {high} des personnes sont d’accord : {told}."]
    return [
        f"L’avis le plus partagé : « {first} » ({percent(most[0] / most[1])}). "
        f"Le moins partagé : « {last} » ({percent(least[0] / least[1])})."
    ]


def _rated(found: Diffusion, plan: NotePlan) -> list[tuple[tuple[int, int], str]]:
    """How many are favourable, of how many, for every opinion shown with enough answers; the least first."""
    rated = []
    for table in _opinion_tables(found, plan):
        favourable = _favourable((table.question, shown_rows(table)[0]))
        if favourable and favourable[1] >= CAREFUL_BELOW:
            rated.append((favourable, table.question.label))
    return sorted(rated, key=lambda pair: pair[0][0] / pair[0][1])


def _opinion_tables(found: Diffusion, plan: NotePlan) -> list[ShownTable]:
    return [t for t in found.tables if t.question.sheet == plan.opinions and t.question.favourable and not t.grouping]


def _most_ticked(whole: Whole | None) -> tuple[str, float] | None:
    if whole is None or whole[1].hidden or not whole[1].base:
        return None
    question, row = whole
    place = max(range(len(question.answers)), key=lambda one: row.counts[one] or 0)
    share = row.share((place,))
    return (question.answers[place], share) if share else None


# Pages 2 to 4


def _who(found: Diffusion) -> tuple[str, ...]:
    lines = [
        "Ces personnes ont bien voulu confier leur carnet à la Ville. Elles ne représentent pas tous les bénévoles de "
        "Paris : rien ne dit que les autres pensent de même."
    ]
    if found.left_out:
        names = ", ".join(name.lower() for name in found.left_out)
        lines.append(f"Trop peu de personnes par groupe pour montrer : {names}.")
    return tuple(lines)


def _opinions(found: Diffusion, plan: NotePlan) -> tuple[str, ...]:
    if not _opinion_tables(found, plan):
        return ()
    return (
        "Chaque personne a mis une croix par phrase, de « pas du tout » à « tout à fait ». À droite, n est le nombre "
        "de réponses : il change d’une phrase à l’autre, car on peut laisser une case vide.",
    )


def _skills(found: Diffusion, plan: NotePlan) -> tuple[str, ...]:
    if found.table(plan.skills) is None:
        return ()
    return (
        "Chaque personne a noté ses compétences elle-même, au début puis à la fin. Ici comptent celles qu’elle a "
        "notées deux fois, à deux dates différentes. Monter ne prouve pas que le carnet en est la cause.",
    )


def _wishes(whole: Whole | None) -> tuple[str, ...]:
    if whole is None or whole[1].hidden:
        return ()
    return ("Plusieurs réponses étaient possibles : la somme dépasse 100\u00a0%.",)


def _example(headline: Whole | None) -> ChartRow | None:
    favourable = _favourable(headline)
    if headline is None or favourable is None:
        return None
    count, base = favourable
    return ChartRow(label=headline[0].label, base=base, shares=(count / base,), interval=wilson(count, base))


def _interval(headline: Whole | None) -> tuple[str, ...]:
    example = _example(headline)
    if example is None or example.shares is None or example.interval is None:
        first = "Une part est un point ; l’intervalle est une bande autour de ce point."
    else:
        low, high = example.interval
        base = thousands(example.base or 0)
        first = (
            f"Le point dit la part observée : {percent(example.shares[0])} de {base} réponses. La bande dit "
            f"jusqu’où le hasard seul aurait pu la mener : de {percent(low)} à {percent(high)}."
        )
    return (
        first,
        "Plus il y a de réponses, plus la bande est courte. Quand deux bandes se recouvrent, *on ne peut pas dire* "
        "laquelle des deux parts est la plus grande. À 50 %, la bande va de 33 à 67 % pour 30 réponses, de 40 à "
        "60 % pour 100, de 46 à 54 % pour 500.",
    )


def _unsaid(found: Diffusion) -> tuple[str, ...]:
    return (
        "*L’avis de ceux qui n’ont pas rendu leur carnet.* L’intervalle ne mesure que le hasard, pas ce choix.",
        "*L’effet du carnet.* Personne n’a été comparé avec et sans carnet.",
        "*Les réponses qui manquent.* On peut laisser une case vide, et une page peut manquer : chaque chiffre dit "
        "combien de personnes ont répondu.",
        "*La valeur des personnes.* Aucune note, aucun classement n’est calculé.",
        f"*Les petits nombres.* En dessous de {CAREFUL_BELOW} réponses, un chiffre est à lire avec prudence ; ici, il "
        "n’a pas de graphique.",
    )


def _protection(found: Diffusion) -> tuple[str, ...]:
    every, hidden = found.figures
    shut = f"{thousands(hidden)} sur {thousands(every)} sont cachés" if hidden else "aucun n’a dû être caché"
    return (
        f"Tous viennent du fichier « diffusion.xlsx », édition n° {found.edition.number}. Personne ne peut y être "
        f"reconnu : un groupe compte au moins {found.rules.threshold} personnes, et ce qui trahirait une réponse est "
        f"caché. Sur l’ensemble des chiffres, {shut}.",
    )


def _decimal(hours: float) -> str:
    """Hours and minutes: « 7 h 30 »."""
    whole, minutes = int(hours), round((hours - int(hours)) * 60)
    return f"{whole}\u00a0h" + (f"\u00a0{minutes:02d}" if minutes else "")
