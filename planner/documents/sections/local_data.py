"""The parts of a document that rest on local files: rates with intervals, places, months, and the files read."""

from __future__ import annotations

from planner.analysis.formatting import format_range, listed, percent, rounded
from planner.analysis.local_data.report import summary
from planner.analysis.population.inequality import FIFTHS, ClassGap
from planner.analysis.population.places import Places
from planner.analysis.statistics.group_rates import capital
from planner.analysis.statistics.intervals import Interval
from planner.documents.context import NONE_HELD, Context, part, to_be_supplied
from planner.documents.sections.need import class_name
from planner.model.document import Block, Bullets, Paragraph, Picture, Table
from planner.model.intake import Level
from planner.model.prescribing import Basis

MOST_ROWS = 40
MOST_GROUPS = 6


@part
def inequality_rates(context: Context) -> list[Block]:
    local = [gap for gap in context.results.inequality.classes if gap.is_local]
    if not local:
        return []
    basis = context.results.need.population.basis.label
    blocks: list[Block] = [
        Table(
            caption=f"People prescribed per 1,000 {basis}, by deprivation fifth (95% interval)",
            description="For each class the crude rate in each deprivation fifth with its 95% Wilson interval.",
            columns=("Class", *FIFTHS),
            rows=tuple(
                (class_name(gap.medicine_class), *(group.rate_shown for group in gap.groups)) for gap in local
            ),
        )
    ]
    rows = []
    for gap in local:
        ratio = gap.differences.ratio if gap.differences else None
        slope = gap.slope
        rows.append(
            (
                class_name(gap.medicine_class),
                _with_limits(ratio, 2) if ratio else gap.withheld or NONE_HELD,
                _with_limits(slope.slope, 1, 1000) if slope else NONE_HELD,
                _with_limits(slope.relative, 2) if slope and slope.relative else NONE_HELD,
                percent(gap.core20_share) if gap.core20_share is not None else NONE_HELD,
            )
        )
    blocks.append(
        Table(
            caption="How far apart the fifths stand (95% interval)",
            description=(
                "For each class the rate in the most over the least deprived fifth, the slope index of inequality per "
                "1,000 and the relative index over all fifths, and the share of people prescribed who live in the most "
                "deprived fifth."
            ),
            columns=(
                "Class",
                "Most over least",
                "Slope index per 1,000",
                "Relative index",
                "Of people prescribed, in the most deprived",
            ),
            rows=tuple(rows),
        )
    )
    blocks += [
        Picture(
            chart=f"gap:{gap.medicine_class.value}",
            caption=f"{class_name(gap.medicine_class)} by deprivation fifth, with 95% intervals",
        )
        for gap in _telling(local)
    ]
    blocks.append(
        Paragraph(
            text=(
                "Rates are crude: the fifths differ in age, and prescribing differs with age. Intervals are Wilson's; "
                "the indices are fitted over all fifths, weighted by their people: above 0, or above 1, is more where "
                f"there is more deprivation. {_populations(context)}"
            ),
            tone="note",
        )
    )
    return blocks


def _telling(local: list[ClassGap]) -> list[ClassGap]:
    """One class that rises with deprivation and one that falls, where there are such: the widest of each."""
    rising, falling = [], []
    for gap in local:
        ratio = gap.differences.ratio if gap.differences else None
        if ratio is not None and ratio.low > 1:
            rising.append((ratio.value, gap))
        elif ratio is not None and ratio.high < 1:
            falling.append((-ratio.value, gap))
    return [max(item, key=lambda pair: pair[0])[1] for item in (rising, falling) if item]


@part
def standardised_table(context: Context) -> list[Block]:
    result = context.results.standardised
    if not result:
        return []
    current = context.plan.inequality
    with_rate = [row for row in result if row.rate]
    blocks: list[Block] = [Paragraph(text="With age and sex allowed for:")]
    blocks.append(Bullets(points=tuple(row.finding for row in result)))
    if with_rate:
        sources = listed(
            [
                f"{what} {context.citations.number(source)}"
                for what, source in (
                    ("counts", current.source),
                    ("people", current.population_source),
                    ("England's counts", current.england_source if any(row.ratio for row in result) else ""),
                )
                if source
            ]
        )
        blocks.append(
            Paragraph(
                text=(
                    "Directly standardised to England's adults of mid-2020 by Dobson's method; 95% intervals."
                    + (f" Entered: {sources}." if sources else "")
                ),
                tone="note",
            )
        )
    return blocks


def _with_limits(interval: Interval, places: int, times: float = 1) -> str:
    value, low, high = (rounded(v * times, places) for v in (interval.value, interval.low, interval.high))
    return f"{value} ({low} to {high})"


def _populations(context: Context) -> str:
    """Where the people of each fifth come from, in words."""
    current = context.plan.inequality
    if any(count is not None for count in current.population_by_quintile):
        source = current.population_source or "entered in this plan, source not given"
        return f"People of each fifth: entered {context.citations.number(source)}."
    return "People of each fifth: resident adults, ONS mid-2020, by IMD 2019."


@part
def group_findings(context: Context) -> list[Block]:
    result = context.results.inequality.groups
    blocks: list[Block] = []
    if result:
        blocks.append(
            Paragraph(
                text=(
                    "By sex, age and other groups. Rates are crude: groups differ in age and much else, which is not "
                    "allowed for. Intervals are of 95%, made wider where the widest of several gaps was picked."
                )
            )
        )
        blocks.append(Bullets(points=tuple(f.finding for f in result)))
        blocks += [
            table for kind in dict.fromkeys(f.kind for f in result) for table in _group_table(context, kind)
        ]
    reach = context.results.inequality.reach
    if reach is not None:
        source = context.plan.inequality.reached_source or "entered in this plan, source not given"
        blocks.append(Paragraph(text=f"{reach.finding} (entered {context.citations.number(source)})"))
    return blocks


def _group_table(context: Context, kind: str) -> list[Block]:
    """The rates of one kind of group, class by class, where they fit a table."""
    rows = [f for f in context.results.inequality.groups if f.kind == kind]
    names = [group.group for group in rows[0].groups]
    if kind == "Age" or len(names) > MOST_GROUPS or any([g.group for g in f.groups] != names for f in rows):
        return []
    return [
        Table(
            caption=f"People prescribed per 1,000, by {kind.lower()} (95% interval)",
            description=f"For each class the crude rate in each group by {kind.lower()}, with its 95% Wilson interval.",
            columns=("Class", *names),
            rows=tuple(
                (class_name(f.medicine_class), *(group.rate_shown for group in f.groups)) for f in rows
            ),
        )
    ]


@part
def trend_findings(context: Context) -> list[Block]:
    result = context.results.trends
    if not result:
        return []
    number = context.citations.number(context.plan.trend.source or "entered in this plan, source not given")
    most = max(result, key=lambda trend: abs(trend.change or 0))
    return [
        Paragraph(
            text=(
                f"Items month by month (entered {number}); they move with the length of prescriptions as well as with "
                "people:"
            )
        ),
        Bullets(points=tuple(trend.finding for trend in result)),
        Picture(
            chart=f"trend:{most.medicine_class.value}",
            caption=f"Items of {most.medicine_class.label} month by month, the class that has moved most",
        ),
    ]


@part
def places_findings(context: Context) -> list[Block]:
    """What stands out among places. Practices are counted here and never named; the wizard names them."""
    result = context.results.places
    if result.missing_because:
        return [
            to_be_supplied(
                "numbers for practices, PCNs or local places, without which need cannot be placed",
                "medicines optimisation analyst (English Prescribing Dataset and practice lists)",
            )
        ]
    blocks: list[Block] = [Paragraph(text=text) for text in (result.where_most, result.where_gap) if text]
    broad = next((level for level in (Level.AREA, Level.PCN, Level.SUB_ICB) if level in result.levels), None)
    if broad is not None:
        blocks.append(_need_by_place(result, broad, context.plan.areas.population_basis))
    current = context.plan.areas
    if result.funnels:
        finest = result.funnels[-1].level
        here = [f for f in result.funnels if f.level is finest]
        sources = [
            f"{what} {context.citations.number(source)}"
            for what, source in (
                (f"items of {current.items_period}", current.items_source),
                (f"people prescribed in {current.patients_period}", current.patients_source),
                ("people", current.population_source),
            )
            if source
        ]
        blocks.append(
            Paragraph(
                text=(
                    f"{capital(finest.several)} beside each other"
                    + (f" (entered: {listed(sources)})" if sources else "")
                    + ":"
                )
            )
        )
        blocks.append(Bullets(points=tuple(f.finding for f in here)))
        varied = [f.medicine_class.label for f in here if f.over_dispersed]
        if varied:
            blocks.append(
                Paragraph(
                    text=(
                        f"For {listed(varied)}, {finest.several} differ by more than chance alone (over-dispersion), and "
                        f"the limits allow for that. Were their usual spread normal, about 2 in 1,000 {finest.several} "
                        "would still stand outside the limits of each class."
                    ),
                    tone="note",
                )
            )
        standing = max(here, key=lambda f: len(f.standing_out))
        blocks.append(
            Picture(
                chart=f"funnel:{standing.level.value}:{standing.medicine_class.value}",
                caption=f"{class_name(standing.medicine_class)} by {standing.level.label}, with 95% and 99.8% limits",
            )
        )
        wider = [f for f in result.funnels if f.level is not finest and f.standing_out]
        if wider:
            blocks.append(Paragraph(text="Over wider places: " + " ".join(f.finding for f in wider)))
    if result.lines:
        line = result.lines[0]
        blocks += [
            Paragraph(
                text=(
                    "These are lines of enquiry, not a ranking and not a verdict on anyone. A place that stands out may "
                    "have:"
                )
            ),
            Bullets(points=line.may_mean),
            Paragraph(text="Before believing a difference, ask:"),
            Bullets(points=line.ask_first),
        ]
    return blocks


def _need_by_place(result: Places, level: Level, basis: Basis) -> Table:
    rows = result.at(level)[:MOST_ROWS]
    people = f"People: {basis.label}"
    return Table(
        caption=f"Expected demand in a year by {level.label}: central (low to high), modelled",
        description=(
            "Each place with its people, its part of the board's need, and the demand that part comes to. Apportioned by "
            "what is counted there."
        ),
        columns=("Place", people, "Part of need", "Expected demand"),
        rows=tuple(
            (
                row.name,
                f"{row.population:,}" if row.population is not None else "not known",
                percent(row.share, 1) if row.share is not None else "not known",
                format_range(row.demand) if row.demand is not None else "not known",
            )
            for row in rows
        ),
    )


@part
def imports_table(context: Context) -> list[Block]:
    reports = context.plan.imports
    if not reports:
        return []
    return [
        Paragraph(text="Files read for this plan:"),
        Table(
            caption="Files read, with what was used of them",
            description="Each file with its format, rows read and used, periods, hidden numbers, and its digest.",
            columns=("File", "What was read", "Hidden or blank", "Take care", "Digest"),
            rows=tuple(
                (
                    report.file,
                    summary(report).split(": ", 1)[-1],
                    rounded(report.suppressed),
                    " ".join(report.warnings) or NONE_HELD,
                    " ".join(report.digest_groups),
                )
                for report in reports
            ),
        ),
    ]
