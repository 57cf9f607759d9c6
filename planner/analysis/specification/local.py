"""The parts of a document that rest on local files: rates with intervals, places, months, and the files read."""

from __future__ import annotations

from planner.analysis.groups import slope_words
from planner.analysis.import_words import summary
from planner.analysis.inequality import FIFTHS, ClassGap
from planner.analysis.places import Places
from planner.analysis.specification.context import NONE_HELD, Context, needed, part
from planner.analysis.specification.need import class_name
from planner.analysis.wording import percent, rounded, span
from planner.model.document import Block, Bullets, Paragraph, Picture, Table
from planner.model.intake import Level

MOST_ROWS = 40


@part
def inequality_rates(context: Context) -> list[Block]:
    local = [gap for gap in context.results.inequality.classes if gap.is_local]
    if not local:
        return []
    basis = context.results.need.population.basis.words
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
        shown = (
            f"{rounded(ratio.value, 2)} ({rounded(ratio.low, 2)} to {rounded(ratio.high, 2)})"
            if ratio
            else gap.withheld or NONE_HELD
        )
        rows.append(
            (
                class_name(gap.medicine_class),
                shown,
                slope_words(gap.slope) if gap.slope else "not every fifth can be used",
                percent(gap.core20_share) if gap.core20_share is not None else NONE_HELD,
            )
        )
    blocks.append(
        Table(
            caption="How far apart the fifths stand (95% interval)",
            description=(
                "For each class the rate in the most over the least deprived fifth, the slope and relative indices of "
                "inequality, and the share of people prescribed who live in the most deprived fifth."
            ),
            columns=(
                "Class",
                "Most over least",
                "Slope over all fifths",
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
                "Rates are crude: the fifths differ in age, and prescribing rises with age. Intervals are Wilson's; "
                "the slope is fitted over all fifths weighted by their people."
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
    return [max(found, key=lambda pair: pair[0])[1] for found in (rising, falling) if found]


@part
def standardised_table(context: Context) -> list[Block]:
    found = context.results.standardised
    if not found:
        return []
    rows = tuple(
        (
            class_name(row.medicine_class),
            f"{rounded(row.rate.value, 1)} ({rounded(row.rate.low, 1)} to {rounded(row.rate.high, 1)})"
            if row.rate
            else f"not given: {row.rate_missing_because}",
            f"{rounded(row.ratio.ratio.value, 2)} ({rounded(row.ratio.ratio.low, 2)} to {rounded(row.ratio.ratio.high, 2)})"
            if row.ratio
            else f"not given: {row.ratio_missing_because}",
            row.ages,
        )
        for row in found
    )
    return [
        Table(
            caption="Rates that allow for age and sex (95% interval)",
            description=(
                "For each class the rate per 1,000 directly standardised to England's adults of mid-2020, and the ratio "
                "of people prescribed to those expected at England's own rates by sex and age."
            ),
            columns=("Class", "Per 1,000, standardised", "Over expected", "Ages"),
            rows=rows,
        ),
        Paragraph(text="With age and sex allowed for:"),
        Bullets(points=tuple(row.finding for row in found)),
    ]


@part
def group_findings(context: Context) -> list[Block]:
    found = context.results.inequality.groups
    blocks: list[Block] = []
    if found:
        blocks = [
            Paragraph(
                text=(
                    "By sex, age and other groups (crude: other differences between the groups are not allowed for):"
                )
            ),
            Bullets(points=tuple(f.finding for f in found)),
        ]
    reach = context.results.inequality.reach
    if reach is not None:
        source = context.plan.inequality.reached_source or "entered in this plan, source not given"
        blocks.append(Paragraph(text=f"{reach.finding} (entered {context.citations.number(source)})"))
    return blocks


@part
def trend_findings(context: Context) -> list[Block]:
    found = context.results.trends
    if not found:
        return []
    number = context.citations.number(context.plan.trend.source or "entered in this plan, source not given")
    return [
        Paragraph(
            text=(
                f"Items month by month (entered {number}); they move with the length of prescriptions as well as with "
                "people:"
            )
        ),
        Bullets(points=tuple(trend.finding for trend in found)),
    ]


@part
def places_findings(context: Context) -> list[Block]:
    """What stands out among places. Practices are counted here and never named; the wizard names them."""
    found = context.results.places
    if found.missing_because:
        return [
            needed(
                "numbers for practices, PCNs or local places, without which need cannot be placed",
                "medicines optimisation analyst (English Prescribing Dataset and practice lists)",
            )
        ]
    blocks: list[Block] = [Paragraph(text=text) for text in (found.where_most, found.where_gap) if text]
    broad = next((level for level in (Level.AREA, Level.PCN, Level.SUB_ICB) if level in found.levels), None)
    if broad is not None:
        blocks.append(_need_by_place(found, broad))
    held = context.plan.areas
    if found.funnels:
        finest = found.funnels[-1].level
        blocks.append(
            Paragraph(
                text=(
                    f"{finest.several[0].upper() + finest.several[1:]} beside each other (entered "
                    f"{context.citations.number(held.items_source or held.patients_source or 'entered in this plan')}):"
                )
            )
        )
        blocks.append(Bullets(points=tuple(f.finding for f in found.funnels if f.level is finest)))
        standing = next((f for f in found.funnels if f.level is finest and f.standing_out), found.funnels[-1])
        blocks.append(
            Picture(
                chart=f"funnel:{standing.level.value}:{standing.medicine_class.value}",
                caption=f"{class_name(standing.medicine_class)} by {standing.level.words}, with 95% and 99.8% limits",
            )
        )
    if found.lines:
        line = found.lines[0]
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


def _need_by_place(found: Places, level: Level) -> Table:
    rows = found.at(level)[:MOST_ROWS]
    return Table(
        caption=f"Expected demand in a year by {level.words}: central (low to high), modelled",
        description=(
            "Each place with its people, its part of the board's need, and the demand that part comes to. Apportioned by "
            "what is counted there."
        ),
        columns=("Place", "People", "Part of need", "Expected demand"),
        rows=tuple(
            (
                row.name,
                f"{row.population:,}" if row.population is not None else "not known",
                percent(row.share, 1) if row.share is not None else "not known",
                span(row.demand) if row.demand is not None else "not known",
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
            description="Each file with its format, rows read and used, periods, hidden numbers, and its SHA-256.",
            columns=("File", "What was read", "Hidden or blank", "Take care", "SHA-256"),
            rows=tuple(
                (
                    report.file,
                    summary(report).split(": ", 1)[-1],
                    rounded(report.suppressed),
                    " ".join(report.warnings) or NONE_HELD,
                    " ".join(report.sha256[i : i + 16] for i in range(0, 64, 16)),
                )
                for report in reports
            ),
        ),
    ]
