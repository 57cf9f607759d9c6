"""The parts of a document that show population, prescribing, inequality and demand. Words and tables only."""

from __future__ import annotations

from planner.analysis.formatting import (
    Unit,
    format_range,
    listed,
    local_count,
    part_of,
    people,
    percent,
    rounded,
)
from planner.analysis.population.inequality import FIFTHS, ClassGap
from planner.analysis.population.need import ClassNeed
from planner.analysis.statistics.group_rates import capital, per_thousand
from planner.documents.context import NONE_HELD, Context, part, to_be_supplied
from planner.model.base import Range
from planner.model.document import Block, Bullets, Paragraph, Picture, Table
from planner.model.figures import Kind
from planner.model.prescribing import MedicineClass


def class_name(medicine_class: MedicineClass) -> str:
    """The class with a capital, for the first column of a table."""
    return capital(medicine_class.label)


@part
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
    return [
        Table(
            caption=f"Population of {context.results.figures_of}",
            description="The population on each basis, with its date, kind and source, and what it is used for.",
            columns=("Who is counted", "Number", "When", "Kind and source", "Used for"),
            rows=tuple(rows),
        )
    ]


@part
def prescribing_table(context: Context) -> list[Block]:
    need = context.results.need
    rows = []
    for row in need.classes:
        england = row.england_rate
        rows.append(
            (
                class_name(row.medicine_class),
                row.display(row.patients),
                per_thousand(row.interval)
                if row.interval and row.rate_shown not in ("not shown", "not given")
                else row.rate_shown,
                f"{rounded(england.value, 1)} ({england.period})" if england else "not published",
                row.period or NONE_HELD,
                context.citations.kind(row.kind, row.source) if row.patients else "not known",
            )
        )
    blocks: list[Block] = [
        Table(
            caption="People prescribed each class in a year: central (low to high)",
            description=(
                f"For each class, people prescribed it, the rate per 1,000 {need.population.basis.label}, "
                "England's rate on the same basis, the period, and the kind and source of the number."
            ),
            columns=(
                "Class",
                "People",
                "Per 1,000 (95% interval)",
                "England per 1,000",
                "Period",
                "Kind and source",
            ),
            rows=tuple(rows),
        )
    ]
    missing = [row.missing_because for row in need.classes if row.missing_because]
    blocks += [Paragraph(text=f"Missing: {reason}.", tone="missing") for reason in missing]
    if any(row.kind is Kind.MODELLED and row.patients for row in need.classes):
        blocks.append(
            Paragraph(
                text=(
                    "Modelled numbers apply England's rate to the local population. Their low and high are "
                    "the lowest and highest that any board's antidepressant rate stood from England's in "
                    "2022/23, used for every class until a local count replaces them."
                ),
                tone="note",
            )
        )
    judged = [
        row for row in need.classes if row.interval and row.england_rate and row.rate_shown != "not shown"
    ]
    comparisons = [
        f"{class_name(row.medicine_class)}: {row.beside_england} {rounded(row.england_rate.value, 1)} "
        f"({row.england_rate.period})"
        for row in judged
        if row.england_rate and row.is_judged
    ]
    if comparisons:
        blocks += [
            Paragraph(
                text="Local rates beside England's, by their intervals; age and sex are not allowed for:"
            ),
            Bullets(points=tuple(comparisons)),
        ]
    if len(comparisons) < len(judged):
        blocks.append(
            Paragraph(
                text=(
                    "Rates move over the years. Where a local rate and England's are more than a year apart, neither is "
                    "called higher or lower."
                ),
                tone="note",
            )
        )
    if need.people is not None:
        blocks.append(
            Paragraph(
                text=(
                    f"Allowing for people who take more than one class, about {format_range(need.people)} people are "
                    "prescribed at least one of these classes in a year (modelled)."
                )
            )
        )
    return [*blocks, *_cautions([(row, row.cautions) for row in need.classes])]


def _cautions(rows: list[tuple[ClassNeed, tuple[str, ...]]]) -> list[Block]:
    """Each caution once, with the classes it is about."""
    about: dict[str, list[str]] = {}
    for row, cautions in rows:
        for caution in cautions:
            about.setdefault(caution, []).append(row.medicine_class.label)
    if not about:
        return []
    points = tuple(f"{capital(listed(names))}: {caution}" for caution, names in about.items())
    return [Paragraph(text="Cautions:"), Bullets(points=points)]


@part
def need_chart(context: Context) -> list[Block]:
    return [Picture(chart="need", caption="People prescribed each class in a year")]


def _share_shown(row: ClassNeed) -> str:
    """The long-term share, unless with a local count it would tell of one to four people."""
    share = row.long_term_share.values.central
    if row.patients is not None and row.kind is Kind.ENTERED:
        people = round(row.patients.central)
        return part_of(round(share * people), people) if people else percent(share)
    return format_range(row.long_term_share.values, Unit.PERCENT)


@part
def long_term_table(context: Context) -> list[Block]:
    rows = tuple(
        (
            class_name(row.medicine_class),
            _share_shown(row),
            context.citations.kind(row.long_term_share.kind, row.long_term_share.source),
            row.display(row.long_term),
        )
        for row in context.results.need.classes
    )
    return [
        Table(
            caption="People who have taken a class for a year or more",
            description="For each class, the long-term share with its kind and source, and the people it gives, modelled.",
            columns=(
                "Class",
                "Long-term share",
                "Kind and source of the share",
                "People (modelled): central (low to high)",
            ),
            rows=rows,
        ),
        *_cautions([(row, row.long_term_share.cautions) for row in context.results.need.classes]),
    ]


@part
def high_dose(context: Context) -> list[Block]:
    if MedicineClass.OPIOIDS not in context.plan.prescribing.included:
        return []
    need = context.results.need
    threshold = context.plan.prescribing.high_dose_threshold_mg
    if need.high_dose is None:
        return [
            to_be_supplied(
                f"people on high-dose opioids ({need.high_dose_method})", "medicines optimisation team"
            )
        ]
    entered = context.plan.prescribing.high_dose_opioid_patients
    display = format_range(need.high_dose) if entered is None else local_count(entered)
    return [
        Paragraph(
            text=(
                f"People on opioids at or above {threshold} mg of oral morphine equivalent a day: {display} "
                f"({need.high_dose_method}). The framework and national comparators use 120 mg; guidance has "
                "since moved to 90 mg, which counts more people."
            )
        )
    ]


@part
def combined_use(context: Context) -> list[Block]:
    several, two = (
        context.reference.assumption(name) for name in ("share_on_several_classes", "share_on_two_classes")
    )
    title = context.reference.source_title(several.source)
    return [
        Paragraph(
            text=(
                f"In {several.period}, {percent(several.value or 0)} of people prescribed any of the five classes in "
                f"England were prescribed more than one, and {percent(two.value or 0)} exactly two (all ages, "
                f"{context.citations.kind(several.kind, title)})."
            )
        ),
        to_be_supplied(
            "how many people here take an opioid with a benzodiazepine, a Z-drug or a gabapentinoid",
            "practice search, through the primary care network's pharmacist",
        ),
    ]


@part
def deprivation_chart(context: Context) -> list[Block]:
    profile = context.results.inequality.profile
    blocks: list[Block] = [Paragraph(text=profile.finding)]
    if profile.local is not None:
        blocks.append(Picture(chart="deprivation", caption="Adults by deprivation fifth, beside England"))
    return blocks


def _from_where(gap: ClassGap) -> str:
    if gap.is_local:
        return "local count"
    if any(item != "not known" for item in gap.counts_shown):
        return f"national pattern; local counts are below, but no rate is given, because {gap.withheld}"
    return "national pattern; no local numbers"


@part
def inequality_findings(context: Context) -> list[Block]:
    return [
        Bullets(
            points=tuple(
                f"{gap.finding} ({_from_where(gap)} {context.citations.number(gap.source)})"
                for gap in context.results.inequality.classes
            )
        )
    ]


@part
def inequality_table(context: Context) -> list[Block]:
    rows = [
        (class_name(gap.medicine_class), *gap.counts_shown)
        for gap in context.results.inequality.classes
        if any(item != "not known" for item in gap.counts_shown)
    ]
    blocks: list[Block] = []
    if rows:
        blocks.append(
            Table(
                caption="People prescribed each class, by deprivation fifth (entered"
                + (f", {context.plan.inequality.period})" if context.plan.inequality.period else ")"),
                description="Local counts rounded to the nearest 5, small ones hidden, for each fifth.",
                columns=("Class", *FIFTHS),
                rows=tuple(rows),
            )
        )
    women = [
        f"{gap.medicine_class.label} {percent(gap.women_share)}"
        for gap in context.results.inequality.classes
        if gap.women_share is not None
    ]
    known = any(row.women is not None or row.men is not None for row in context.plan.inequality.classes)
    if women:
        blocks.append(Paragraph(text=f"Share of people prescribed who are women: {listed(women)}."))
    elif MedicineClass.ANTIDEPRESSANTS not in context.plan.prescribing.included:
        blocks.append(Paragraph(text="No local counts by sex have been entered."))
    elif known:
        blocks.append(
            Paragraph(text="Counts by sex have been entered but are too small or too few to show a share.")
        )
    else:
        blocks.append(
            Paragraph(
                text=(
                    "Nationally, women are prescribed all five classes more than men; for antidepressants "
                    "23% of women and 12% of men (framework PR1103, Appendix, Figure 2). No local counts by "
                    "sex have been entered."
                )
            )
        )
    return blocks


@part
def groups(context: Context) -> list[Block]:
    chosen = context.plan.inequality.groups
    if not chosen:
        return [to_be_supplied("the groups this service must reach", "health inequalities lead")]
    blocks: list[Block] = [
        Paragraph(text="Groups this service must reach:"),
        Bullets(points=tuple(chosen)),
    ]
    if context.plan.inequality.actions:
        blocks.append(Paragraph(text=context.plan.inequality.actions))
    return blocks


@part
def demand_table(context: Context) -> list[Block]:
    need = context.results.need
    if need.demand is None:
        return [
            to_be_supplied(
                f"expected demand, because {need.missing_because}", "medicines optimisation analyst"
            )
        ]

    def line(name: str, values: Range | None, kind: str) -> tuple[str, ...]:
        if values is None:
            return (name, NONE_HELD, NONE_HELD, NONE_HELD, kind)
        return (name, people(values.low), people(values.central), people(values.high), kind)

    def assumed(key: str) -> list[tuple[str, ...]]:
        item = next((item for item in need.inputs if item.key == key), None)
        if item is None:  # every long-term share was entered, so no month is needed
            return []
        values = item.values
        cells = [
            percent(value, 1) if item.unit == "share" else rounded(value, 2)
            for value in (values.low, values.central, values.high)
        ]
        kind = context.citations.kind(item.kind, item.source, item.verified)
        return [(capital(item.name), *cells, kind)]

    blocks: list[Block] = [
        Table(
            caption="From people prescribed to people who may take up support in a year",
            description="Each step from people prescribed any class to expected demand, low, central and high.",
            columns=("Step", "Low", "Central", "High", "Kind and source"),
            rows=(
                *assumed("classes_per_person"),
                line("People prescribed any of these classes in a year", need.people, "modelled"),
                *assumed("month_of_year"),
                line("Of them, for a year or more", need.long_term_people, "modelled"),
                *assumed("appropriate_share"),
                line("People for whom an offer is appropriate", need.eligible, "modelled"),
                *assumed("coverage"),
                *assumed("uptake"),
                line("Expected demand in a year", need.demand, "modelled"),
            ),
        )
    ]
    if need.cautions:
        blocks.append(Paragraph(text="Cautions on these assumptions:"))
        blocks.append(Bullets(points=need.cautions))
    return blocks
