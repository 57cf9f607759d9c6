"""The parts of a document that show population, prescribing, inequality, demand and local files.

Words and tables only.
"""

from collections.abc import Iterable

from planner.analysis.calculation.inputs import BY_KEY
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
from planner.analysis.local_data.report import summary
from planner.analysis.population.expected import expected_findings
from planner.analysis.population.inequality import QUINTILES, ClassGap
from planner.analysis.population.need import ClassNeed
from planner.analysis.population.neighbours import METHOD as NEIGHBOUR_METHOD
from planner.analysis.population.neighbours import neighbour_words
from planner.documents import tables
from planner.documents.context import Context, notes, points, to_be_supplied
from planner.model.base import grouped
from planner.model.document import DASH, Block, Bullets, Paragraph, Picture, Table
from planner.model.figures import FigureKind
from planner.model.intake import Level
from planner.model.prescribing import MedicineClass


def population_table(context: Context) -> list[Block]:
    population, organisation = context.need.population, context.results.organisation
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
        context.table("need.population.table", rows, place=context.results.figures_of),
        *notes(
            [context.results.boundary_change.finding] if context.results.boundary_change else []
        ),
        *points(
            context.text("need.population.neighbours"), neighbour_words(context.results.neighbours)
        ),
        *notes([NEIGHBOUR_METHOD]),
        *points(
            context.text("need.population.standings"),
            (row.finding for row in context.results.standings),
        ),
    ]


def prescribing_table(context: Context) -> list[Block]:
    need = context.need
    judged = [
        row
        for row in need.classes
        if row.interval and row.england_rate and row.rate_in_words != "not shown"
    ]
    comparisons = [
        f"{tables.class_name(row.medicine_class)}: {row.beside_england} "
        f"{rounded(row.england_rate.value, 1)} "
        f"({row.england_rate.period})"
        for row in judged
        if row.england_rate and row.is_judged
    ]
    return [
        tables.prescribing(need, context.library, context.citations.kind).without(
            "How", "Cautions"
        ),
        *notes(
            (f"Missing: {row.missing_because}." for row in need.classes if row.missing_because),
            "missing",
        ),
        *context.say(
            "need.prescribing.modelled",
            "note",
            when=any(row.kind is FigureKind.MODELLED and row.patients for row in need.classes),
            period=context.reference.assumption("local_variation_low").period,
            beta=f"{context.reference.default('beta'):g}",
        ),
        *points(
            context.text("need.prescribing.how"),
            (
                f"{tables.class_name(row.medicine_class)}: {row.method}."
                for row in need.classes
                if row.patients
            ),
        ),
        *points(context.text("need.prescribing.rung_above"), _rungs_above(need.classes)),
        *points(context.text("need.prescribing.beside_england"), comparisons),
        *context.say("need.prescribing.years_apart", "note", when=len(comparisons) < len(judged)),
        *context.say(
            "need.prescribing.any_class", when=need.people, people=format_range(need.people)
        ),
        *_cautions((row, row.cautions) for row in need.classes),
    ]


def _rungs_above(classes: Iterable[ClassNeed]) -> list[str]:
    """What each class would need to stand on a higher rung, said once for those that need the
    same."""
    lacking = ((BY_KEY[row.rung_asks].missing, row) for row in classes if row.rung_asks)
    return [
        capital(f"{words.format(of=listed([row.medicine_class.label for _, row in alike]))}.")
        for words, alike in grouped(lacking, lambda one: one[0]).items()
    ]


def _cautions(rows: Iterable[tuple[ClassNeed, tuple[str, ...]]]) -> list[Block]:
    """Each caution once, with the classes it is about."""
    each = ((caution, row.medicine_class.label) for row, cautions in rows for caution in cautions)
    return points(
        "Cautions:",
        (
            f"{capital(listed([label for _, label in about]))}: {caution}"
            for caution, about in grouped(each, lambda one: one[0]).items()
        ),
    )


def need_chart(context: Context) -> list[Block]:
    return [Picture(chart="need", caption="People prescribed each class in a year")]


def _share_in_words(row: ClassNeed) -> str:
    """The long-term share, unless with a local count it would tell of one to four people."""
    share = row.long_term_share.values.central
    if row.local_count is not None:
        people = row.local_count
        return part_of(round(share * people), people) if people else percent(share)
    return format_range(row.long_term_share.values, Unit.PERCENT)


def long_term_table(context: Context) -> list[Block]:
    return [
        context.table(
            "need.long_term.table",
            (
                (
                    tables.class_name(row.medicine_class),
                    format_range(row.given["month_share"].values, Unit.PERCENT)
                    if "month_share" in row.given
                    else context.text("need.long_term.own"),
                    _share_in_words(row),
                    context.citations.kind(row.long_term_share.kind, row.long_term_share.source),
                    row.display(row.long_term),
                )
                for row in context.need.classes
            ),
        ),
        *_cautions((row, row.long_term_share.cautions) for row in context.need.classes),
    ]


NEWER_LINE_MG = 90


def high_dose(context: Context) -> list[Block]:
    if MedicineClass.OPIOIDS not in context.included:
        return []
    if context.need.high_dose is None:
        return [
            to_be_supplied(
                f"people on high-dose opioids ({context.need.high_dose_method})",
                "medicines optimisation team",
            )
        ]
    entered = context.plan.prescribing.high_dose_opioid_patients
    return context.say(
        "need.high_dose.people",
        threshold=str(context.need.high_dose_mg),
        line=context.text(
            "need.high_dose.at_90"
            if context.plan.prescribing.high_dose_threshold_mg == NEWER_LINE_MG
            else "need.high_dose.at_120"
        ),
        people=format_range(context.need.high_dose) if entered is None else local_count(entered),
        method=context.need.high_dose_method,
    )


def combined_use(context: Context) -> list[Block]:
    several, two = (
        context.reference.assumption(name)
        for name in ("share_on_several_classes", "share_on_two_classes")
    )
    return [
        *context.say(
            "need.combined_use.nationally",
            period=several.period,
            several=percent(several.value or 0),
            two=percent(two.value or 0),
            source=context.citations.kind(
                several.kind, context.reference.source_title(several.source)
            ),
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
        return (
            "national pattern; local counts are below, but no rate is given, because "
            f"{gap.withheld}"
        )
    return "national pattern; no local numbers"


def inequality_findings(context: Context) -> list[Block]:
    return [
        Bullets(
            points=tuple(
                f"{gap.finding} ({_from_where(gap)} {context.citations.number(gap.source)})"
                for gap in context.results.inequality.classes
            )
            + tuple(
                f"{pattern.statement} (framework PR1103, {pattern.section})"
                for pattern in context.reference.patterns
                if pattern.medicine_class is None
            )
        ),
        *points(
            context.text("need.inequality.expected"),
            expected_findings(
                [
                    *context.results.expected_by_quintile,
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
    national = MedicineClass.ANTIDEPRESSANTS in context.included
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
    need, demand = context.need, context.plan.demand
    if need.demand is None:
        why = need.missing_because or "need is not known"
        return [
            to_be_supplied(
                context.text("need.demand.missing", why=why), context.text("need.demand.who")
            )
        ]
    return [
        tables.demand(need, context.library, context.citations.kind),
        *context.say(
            "need.demand.letters",
            when=demand.letters_a_year,
            letters=rounded(demand.letters_a_year),
            tiers=f"people {listed([tier.value for tier in demand.letter_tiers], 'or')}",
        ),
        *context.say(
            "need.demand.new_opioids",
            when=need.new_long_term_opioids,
            people=format_range(need.new_long_term_opioids),
        ),
        *points(context.text("need.demand.cautions"), need.cautions),
    ]


MOST_ROWS = 40
MOST_GROUPS = 6
ENTERED = "entered in this plan, source not given"


def inequality_rates(context: Context) -> list[Block]:
    local = [gap for gap in context.results.inequality.classes if gap.is_local]
    if not local:
        return []
    return [
        context.table(
            "local_data.rates.by_quintile",
            (
                (
                    tables.class_name(gap.medicine_class),
                    *(group.rate_in_words for group in gap.groups),
                )
                for gap in local
            ),
            basis=context.need.population.basis.label,
            fifths=QUINTILES,
        ),
        tables.quintile_gaps(local, context.library),
        *(
            Picture(
                chart=f"gap:{gap.medicine_class.value}",
                caption=f"{tables.class_name(gap.medicine_class)} by deprivation fifth, with 95% "
                "intervals",
            )
            for gap in _telling(local)
        ),
        *context.say("local_data.rates.crude", "note", populations=_populations(context)),
    ]


def _telling(local: list[ClassGap]) -> list[ClassGap]:
    """One class that rises with deprivation and one that falls, where there are such: the widest of
    each."""
    known = [
        (gap.differences.ratio, gap)
        for gap in local
        if gap.differences is not None and gap.differences.ratio is not None
    ]
    rising = [(ratio.value, gap) for ratio, gap in known if ratio.low > 1]
    falling = [(-ratio.value, gap) for ratio, gap in known if ratio.high < 1]
    return [max(side, key=lambda pair: pair[0])[1] for side in (rising, falling) if side]


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
    inequality = context.results.inequality
    source = context.plan.inequality.reached_source or ENTERED
    return [
        *points(context.text("local_data.groups.crude"), (f.finding for f in inequality.groups)),
        *(
            table
            for kind in dict.fromkeys(f.kind for f in inequality.groups)
            for table in _group_table(context, kind)
        ),
        *notes(
            (
                f"{reach.finding} (entered {context.citations.number(source)})"
                for reach in (inequality.reach, *inequality.reach_by_group)
                if reach
            ),
            "plain",
        ),
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
    return [
        context.table(
            "local_data.groups.table",
            (
                (tables.class_name(f.medicine_class), *(group.rate_in_words for group in f.groups))
                for f in rows
            ),
            kind=kind.lower(),
            groups=tuple(names),
        )
    ]


def trend_findings(context: Context) -> list[Block]:
    result = context.results.current_trends
    region = result[0].region
    source = context.reference.region_items[0].source if region else context.plan.trend.source
    most = max(result, key=lambda trend: abs(trend.change or 0))
    return [
        *points(
            context.text(
                "local_data.trend.of_region" if region else "local_data.trend.items",
                number=context.citations.number(source or ENTERED),
            ),
            (trend.finding for trend in result),
        ),
        Picture(
            chart=f"trend:{most.medicine_class.value}",
            caption=f"Items of {most.medicine_class.label} month by month, the class that has "
            "moved most",
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
    table = tables.need_by_place(
        context.results.places, level, context.plan.areas.population_basis, context.library
    ).without("Code")
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
            caption=f"{tables.class_name(standing.medicine_class)} by {standing.level.label}, with "
            "95% and 99.8% limits",
        ),
        *notes([f"Over wider places: {wider}"] if wider else [], "plain"),
    ]


def imports_table(context: Context) -> list[Block]:
    if not context.plan.imports:
        return []
    return [
        Paragraph(text="Files read for this plan:"),
        context.table(
            "local_data.files.table",
            (
                (
                    report.file,
                    summary(report).split(": ", 1)[-1],
                    rounded(report.suppressed),
                    " ".join(report.warnings) or DASH,
                    " ".join(report.digest_groups),
                )
                for report in context.plan.imports
            ),
        ),
    ]
