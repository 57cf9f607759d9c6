"""The parts of a document that show population, prescribing, inequality and demand. Words and tables only."""

from collections.abc import Iterable

from planner.analysis.formatting import (
    Unit,
    capital,
    format_range,
    listed,
    local_count,
    part_of,
    percent,
    rounded,
)
from planner.analysis.population.expected import expected_findings
from planner.analysis.population.inequality import ClassGap
from planner.analysis.population.need import ClassNeed
from planner.documents import tables
from planner.documents.context import Context, notes, points, to_be_supplied
from planner.model.document import Block, Bullets, Paragraph, Picture
from planner.model.figures import Kind
from planner.model.prescribing import MedicineClass


def population_table(context: Context) -> list[Block]:
    population, organisation = context.results.need.population, context.results.organisation
    rows = [
        (
            population.basis.label,
            f"{population.value:,}",
            population.period,
            context.citations.kind(population.kind, population.source, population.verified),
            "every rate and cost per head here",
        )
    ]
    rows += [
        (
            other.basis.label,
            f"{other.value:,}",
            other.period,
            context.citations.kind(other.kind, other.source),
            "comparison only",
        )
        for other in organisation.populations
        if other.basis is not population.basis
    ]
    return [context.table("need.population.table", rows, place=context.results.figures_of)]


def prescribing_table(context: Context) -> list[Block]:
    need = context.results.need
    table = tables.prescribing(need, context.library, context.citations.kind)
    judged = [
        row
        for row in need.classes
        if row.interval and row.england_rate and row.rate_shown != "not shown"
    ]
    comparisons = [
        f"{tables.class_name(row.medicine_class)}: {row.beside_england} {rounded(row.england_rate.value, 1)} "
        f"({row.england_rate.period})"
        for row in judged
        if row.england_rate and row.is_judged
    ]
    variation = context.reference.assumption("local_variation_low")
    modelled = any(row.kind is Kind.MODELLED and row.patients for row in need.classes)
    return [
        table.without("How", "Cautions"),
        *notes(
            (f"Missing: {row.missing_because}." for row in need.classes if row.missing_because),
            "missing",
        ),
        *context.say("need.prescribing.modelled", "note", when=modelled, period=variation.period),
        *points(context.text("need.prescribing.beside_england"), comparisons),
        *context.say("need.prescribing.years_apart", "note", when=len(comparisons) < len(judged)),
        *context.say(
            "need.prescribing.any_class", when=need.people, people=format_range(need.people)
        ),
        *_cautions((row, row.cautions) for row in need.classes),
    ]


def _cautions(rows: Iterable[tuple[ClassNeed, tuple[str, ...]]]) -> list[Block]:
    """Each caution once, with the classes it is about."""
    about: dict[str, list[str]] = {}
    for row, cautions in rows:
        for caution in cautions:
            about.setdefault(caution, []).append(row.medicine_class.label)
    return points(
        "Cautions:", (f"{capital(listed(names))}: {caution}" for caution, names in about.items())
    )


def need_chart(context: Context) -> list[Block]:
    return [Picture(chart="need", caption="People prescribed each class in a year")]


def _share_shown(row: ClassNeed) -> str:
    """The long-term share, unless with a local count it would tell of one to four people."""
    share = row.long_term_share.values.central
    if row.patients is not None and row.kind is Kind.ENTERED:
        people = round(row.patients.central)
        return part_of(round(share * people), people) if people else percent(share)
    return format_range(row.long_term_share.values, Unit.PERCENT)


def long_term_table(context: Context) -> list[Block]:
    classes = context.results.need.classes
    rows = (
        (
            tables.class_name(row.medicine_class),
            _share_shown(row),
            context.citations.kind(row.long_term_share.kind, row.long_term_share.source),
            row.display(row.long_term),
        )
        for row in classes
    )
    return [
        context.table("need.long_term.table", rows),
        *_cautions((row, row.long_term_share.cautions) for row in classes),
    ]


def high_dose(context: Context) -> list[Block]:
    if MedicineClass.OPIOIDS not in context.plan.prescribing.included:
        return []
    need = context.results.need
    if need.high_dose is None:
        return [
            to_be_supplied(
                f"people on high-dose opioids ({need.high_dose_method})",
                "medicines optimisation team",
            )
        ]
    entered = context.plan.prescribing.high_dose_opioid_patients
    return context.say(
        "need.high_dose.people",
        threshold=str(context.plan.prescribing.high_dose_threshold_mg),
        people=format_range(need.high_dose) if entered is None else local_count(entered),
        method=need.high_dose_method,
    )


def combined_use(context: Context) -> list[Block]:
    several, two = (
        context.reference.assumption(name)
        for name in ("share_on_several_classes", "share_on_two_classes")
    )
    title = context.reference.source_title(several.source)
    return [
        *context.say(
            "need.combined_use.nationally",
            period=several.period,
            several=percent(several.value or 0),
            two=percent(two.value or 0),
            source=context.citations.kind(several.kind, title),
        ),
        to_be_supplied(
            context.text("need.combined_use.missing"), context.text("need.combined_use.who")
        ),
    ]


def deprivation_chart(context: Context) -> list[Block]:
    profile = context.results.inequality.profile
    return [
        Paragraph(text=profile.finding),
        Picture(chart="deprivation", caption="Adults by deprivation fifth, beside England"),
        *notes([profile.caution] if profile.caution else []),
    ]


def _from_where(gap: ClassGap) -> str:
    if gap.is_local:
        return "local count"
    if gap.is_counted:
        return f"national pattern; local counts are below, but no rate is given, because {gap.withheld}"
    return "national pattern; no local numbers"


def inequality_findings(context: Context) -> list[Block]:
    return [
        Bullets(
            points=tuple(
                f"{gap.finding} ({_from_where(gap)} {context.citations.number(gap.source)})"
                for gap in context.results.inequality.classes
            )
        ),
        *points(
            context.text("need.inequality.expected"),
            expected_findings(
                [
                    *context.results.expected_by_fifth,
                    *(row for row in context.results.expected_by_age if not row.withheld),
                ]
            ),
        ),
    ]


def share_of_women(classes: Iterable[ClassGap]) -> str:
    """The part of the people prescribed each class who are women, of those it is known of."""
    shares = [
        f"{gap.medicine_class.label} {percent(gap.women_share)}"
        for gap in classes
        if gap.women_share is not None
    ]
    return f"Share of people prescribed who are women: {listed(shares)}." if shares else ""


def inequality_table(context: Context) -> list[Block]:
    counts = tables.quintile_counts(context.results, context.library)
    women = share_of_women(context.results.inequality.classes)
    index_note = context.results.inequality.index_note
    women_rate, men_rate = (
        context.reference.assumption(f"antidepressants_prescribed_to_{sex}")
        for sex in ("women", "men")
    )
    known = any(
        row.women is not None or row.men is not None for row in context.plan.inequality.classes
    )
    national = MedicineClass.ANTIDEPRESSANTS in context.plan.prescribing.included
    return [
        *([counts] if counts else []),
        *notes([index_note] if index_note else []),
        *notes([women] if women else [], "plain"),
        *context.say("need.inequality.none_by_sex", when=not women and not national),
        *context.say("need.inequality.too_few_by_sex", when=not women and national and known),
        *context.say(
            "need.inequality.by_sex_nationally",
            when=not women and national and not known,
            women=percent(women_rate.value or 0),
            men=percent(men_rate.value or 0),
            where=women_rate.section,
        ),
    ]


def groups(context: Context) -> list[Block]:
    chosen = context.plan.inequality.groups
    residents = points(
        context.text("need.inequality.residents"), context.results.inequality.residents.values()
    )
    if not chosen:
        missing = to_be_supplied("the groups this service must reach", "health inequalities lead")
        return [*residents, missing]
    actions = context.plan.inequality.actions
    return [
        *residents,
        *points("Groups this service must reach:", chosen),
        *notes([actions] if actions else [], "plain"),
    ]


def demand_table(context: Context) -> list[Block]:
    need = context.results.need
    if need.demand is None:
        return [
            to_be_supplied(
                f"expected demand, because {need.missing_because}", "medicines optimisation analyst"
            )
        ]

    return [
        tables.demand(need, context.library, context.citations.kind),
        *points("Cautions on these assumptions:", need.cautions),
    ]
