"""The parts of a document that rest on local files: rates with intervals, places, months, and the files read."""

from planner.analysis.formatting import capital, listed, rounded
from planner.analysis.local_data.report import summary
from planner.analysis.population.inequality import FIFTHS, ClassGap
from planner.documents import tables
from planner.documents.context import Context, notes, points, to_be_supplied
from planner.documents.tables import class_name
from planner.model.document import DASH, Block, Paragraph, Picture, Table
from planner.model.intake import Level

MOST_ROWS = 40
MOST_GROUPS = 6
ENTERED = "entered in this plan, source not given"


def inequality_rates(context: Context) -> list[Block]:
    local = [gap for gap in context.results.inequality.classes if gap.is_local]
    if not local:
        return []
    rows = (
        (class_name(gap.medicine_class), *(group.rate_shown for group in gap.groups))
        for gap in local
    )
    basis = context.results.need.population.basis.label
    return [
        context.table("local_data.rates.by_quintile", rows, basis=basis, fifths=FIFTHS),
        tables.quintile_gaps(local, context.library),
        *(
            Picture(
                chart=f"gap:{gap.medicine_class.value}",
                caption=f"{class_name(gap.medicine_class)} by deprivation fifth, with 95% intervals",
            )
            for gap in _telling(local)
        ),
        *context.say("local_data.rates.crude", "note", populations=_populations(context)),
    ]


def _telling(local: list[ClassGap]) -> list[ClassGap]:
    """One class that rises with deprivation and one that falls, where there are such: the widest of
    each."""
    rising, falling = [], []
    for gap in local:
        ratio = gap.differences.ratio if gap.differences else None
        if ratio is not None and ratio.low > 1:
            rising.append((ratio.value, gap))
        elif ratio is not None and ratio.high < 1:
            falling.append((-ratio.value, gap))
    return [max(item, key=lambda pair: pair[0])[1] for item in (rising, falling) if item]


def standardised_table(context: Context) -> list[Block]:
    result = context.results.standardised
    if not result:
        return []
    current = context.plan.inequality
    findings = points("With age and sex allowed for:", (row.finding for row in result))
    if not any(row.rate for row in result):
        return findings
    sources = _entered(
        context,
        ("counts", current.source),
        ("people", current.population_source),
        ("England's counts", current.england_source if any(row.ratio for row in result) else ""),
    )
    entered = f" Entered: {sources}." if sources else ""
    return [*findings, *context.say("local_data.standardised.method", "note", entered=entered)]


def _entered(context: Context, *sources: tuple[str, str]) -> str:
    """What was entered, each with its source's number, of what has a source."""
    return listed(
        [f"{what} {context.citations.number(source)}" for what, source in sources if source]
    )


def _populations(context: Context) -> str:
    """Where the people of each fifth come from, in words."""
    current = context.plan.inequality
    if any(count is not None for count in current.population_by_quintile):
        source = current.population_source or ENTERED
        return f"People of each fifth: entered {context.citations.number(source)}."
    adults = context.reference.people_of(context.results.organisation, current.deprivation_index)
    return context.text(
        "local_data.rates.residents", index=adults.split.value, source=adults.source
    )


def group_findings(context: Context) -> list[Block]:
    result = context.results.inequality.groups
    reach = context.results.inequality.reach
    source = context.plan.inequality.reached_source or ENTERED
    reached = [
        f"{one.finding} (entered {context.citations.number(source)})"
        for one in filter(None, (reach, *context.results.inequality.reach_by_group))
    ]
    return [
        *points(context.text("local_data.groups.crude"), (f.finding for f in result)),
        *(
            table
            for kind in dict.fromkeys(f.kind for f in result)
            for table in _group_table(context, kind)
        ),
        *notes(reached, "plain"),
    ]


def _group_table(context: Context, kind: str) -> list[Block]:
    """The rates of one kind of group, class by class, where they fit a table."""
    rows = [f for f in context.results.inequality.groups if f.kind == kind]
    names = [group.group for group in rows[0].groups]
    if (
        kind == "Age"
        or len(names) > MOST_GROUPS
        or any([g.group for g in f.groups] != names for f in rows)
    ):
        return []
    cells = (
        (class_name(f.medicine_class), *(group.rate_shown for group in f.groups)) for f in rows
    )
    return [context.table("local_data.groups.table", cells, kind=kind.lower(), groups=tuple(names))]


def trend_findings(context: Context) -> list[Block]:
    result = context.results.trends
    if not result:
        return []
    number = context.citations.number(context.plan.trend.source or ENTERED)
    most = max(result, key=lambda trend: abs(trend.change or 0))
    return [
        *points(
            context.text("local_data.trend.items", number=number),
            (trend.finding for trend in result),
        ),
        Picture(
            chart=f"trend:{most.medicine_class.value}",
            caption=f"Items of {most.medicine_class.label} month by month, the class that has moved most",
        ),
    ]


def places_findings(context: Context) -> list[Block]:
    """What stands out among places. Practices are counted here and never named; the wizard names
    them."""
    result = context.results.places
    if result.missing_because:
        return [
            to_be_supplied(
                context.text("local_data.places.missing"), context.text("local_data.places.who")
            )
        ]
    broad = next(
        (level for level in (Level.AREA, Level.PCN, Level.SUB_ICB) if level in result.levels), None
    )
    ask = result.lines[:1]
    return [
        *notes((text for text in (result.where_most, result.where_gap) if text), "plain"),
        *([_need_by_place(context, broad)] if broad else []),
        *(_funnels(context) if result.funnels else []),
        *(
            block
            for line in ask
            for block in points(context.text("local_data.places.enquiry"), line.may_mean)
        ),
        *(
            block
            for line in ask
            for block in points("Before believing a difference, ask:", line.ask_first)
        ),
    ]


def _need_by_place(context: Context, level: Level) -> Table:
    places, basis = context.results.places, context.plan.areas.population_basis
    table = tables.need_by_place(places, level, basis, context.library).without("Code")
    return table.model_copy(update={"rows": table.rows[:MOST_ROWS]})


def _funnels(context: Context) -> list[Block]:
    """What stands out among the finest places, and over wider ones."""
    current, funnels = context.plan.areas, context.results.places.funnels
    finest = funnels[-1].level
    here = [f for f in funnels if f.level is finest]
    sources = _entered(
        context,
        (f"items of {current.items_period}", current.items_source),
        (f"people prescribed in {current.patients_period}", current.patients_source),
        ("people", current.population_source),
    )
    entered = f" (entered: {sources})" if sources else ""
    varied = [f.medicine_class.label for f in here if f.over_dispersed]
    standing = max(here, key=lambda f: len(f.standing_out))
    wider = " ".join(f.finding for f in funnels if f.level is not finest and f.standing_out)
    return [
        *points(
            f"{capital(finest.several)} beside each other{entered}:", (f.finding for f in here)
        ),
        *context.say(
            "local_data.places.over_dispersed",
            "note",
            varied,
            classes=listed(varied),
            places=finest.several,
        ),
        Picture(
            chart=f"funnel:{standing.level.value}:{standing.medicine_class.value}",
            caption=f"{class_name(standing.medicine_class)} by {standing.level.label}, with 95% and 99.8% limits",
        ),
        *notes([f"Over wider places: {wider}"] if wider else [], "plain"),
    ]


def imports_table(context: Context) -> list[Block]:
    reports = context.plan.imports
    if not reports:
        return []
    rows = (
        (
            report.file,
            summary(report).split(": ", 1)[-1],
            rounded(report.suppressed),
            " ".join(report.warnings) or DASH,
            " ".join(report.digest_groups),
        )
        for report in reports
    )
    return [
        Paragraph(text="Files read for this plan:"),
        context.table("local_data.files.table", rows),
    ]
