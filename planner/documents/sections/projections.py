"""The parts of a document about what lies ahead: outcomes, how sure they are, years and the mix.

Words and tables only.
"""

from collections.abc import Iterable, Iterator

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.benchmark import CaseStudyComparability
from planner.analysis.economics.outcomes import ClassOutcomes, qaly_ceiling
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_range,
    listed,
    lower_first,
    percent,
    pounds,
    rounded,
)
from planner.documents import tables
from planner.documents.context import (
    Context,
    counted_from,
    headed,
    notes,
    points,
    to_be_supplied,
)
from planner.model.base import grouped
from planner.model.document import Block, Bullets, Paragraph, Picture
from planner.model.outcomes import Offer
from planner.model.prescribing import MedicineClass


def outcomes_evidence(context: Context) -> list[Block]:
    """What is taken of the evidence on each class, for each kind of offer that the plan has."""
    rows = [
        row
        for offer in (Offer.PROGRAMME, Offer.EVERYONE)
        if offer is Offer.PROGRAMME or any(option.is_letters for option in context.plan.options)
        for row in context.results.outcomes.for_offer(offer)
    ]
    reasons = tables.evidence(rows, context.library).reasons
    with_trial = [row for row in rows if not row.no_evidence]
    if not with_trial:
        return [*notes(reasons), *context.say("projections.evidence.none")]
    table = tables.evidence(with_trial, context.library, context.citations.kind).without(
        "Harm and restarts"
    )
    # Classes that differ in nothing else stand in one row.
    together = tuple(
        (capital(listed([lower_first(row[0]) for row in alike])), *others)
        for others, alike in grouped(table.rows, lambda row: row[1:]).items()
    )
    explanations = grouped(
        with_trial,
        lambda row: f"{row.offer.value}. {row.because} Harm: {row.harm} {_later(row, context)}",
    )
    return [
        headed(table.model_copy(update={"rows": together})),
        *notes(reasons),
        Bullets(
            points=tuple(
                f"{capital(listed([row.medicine_class.label for row in alike]))}, {words}"
                for words, alike in explanations.items()
            )
        ),
    ]


def _later(row: ClassOutcomes, context: Context) -> str:
    """What is taken of those who stop and stay off or relapse later, or that nothing is known of
    it."""
    off, relapse, parts = row.stay_off, row.added_relapse, []
    if off is not None:
        share = format_range(off.values, Unit.PERCENT)
        parts.append(context.text("projections.evidence.stay_off", share=share))
    if relapse is not None:
        share = format_range(relapse.values, Unit.PERCENT)
        parts.append(context.text("projections.evidence.added_relapse", share=share))
    return " ".join(parts) or context.text("projections.evidence.no_later")


def outcomes_expected(context: Context) -> list[Block]:
    """The cost-consequence table, as many options beside each other as a page has room for, and
    what of it is told and not forecast."""
    if not context.results.options:
        return []
    options = tables.acting(context.results)
    size = tables.MOST_OPTIONS
    parts = [
        tables.outcomes(context.results, context.library, options[at : at + size])
        for at in range(0, len(options), size)
    ]
    without = [
        context.text(
            "projections.expected.without",
            offer=offer.value,
            classes=listed([one.label for one in context.results.outcomes.without_evidence(offer)]),
        )
        for offer in dict.fromkeys(
            Offer.EVERYONE if option.is_letters else Offer.PROGRAMME
            for option in context.plan.options
            if not option.is_do_nothing
        )
        if context.results.outcomes.without_evidence(offer)
    ]
    return [
        *parts,
        *notes(dict.fromkeys(why for part in parts for why in part.reasons)),
        *notes(without),
        *context.say("projections.expected.note", "note"),
        *points(context.text("projections.expected.told"), _not_forecast(context)),
    ]


def _not_forecast(context: Context) -> Iterator[str]:
    """What services and studies say of reductions, wellbeing and pain, which is not forecast."""
    counted = {
        row.title: row.reduced.events / row.reduced.people
        for row in context.reference.outcomes
        if row.reduced is not None
    }
    if counted:
        yield context.text(
            "projections.expected.reduced",
            low=rounded(min(counted.values()) * 100),
            high=percent(max(counted.values())),
            services="; ".join(f"{percent(share)}, {title}" for title, share in counted.items()),
        )
    yield context.text("projections.expected.wellbeing")
    long_term = context.need.long_term_people
    for option in context.results.options:
        stopped = option.measures.get("net_stopped")
        if option.id == context.projections.focus and stopped and long_term and long_term.central:
            yield context.text(
                "projections.expected.share",
                option=option.name,
                share=percent(stopped.central / long_term.central, 2),
            )


def outcomes_sure(context: Context) -> list[Block]:
    simulated = context.projections.simulated
    if not simulated.options:
        return []
    table = tables.how_sure(simulated, context.library).only(
        "Option", MEASURES["cost_per_net_stopped"].heading, tables.NO_MORE_STOP
    )
    return [
        table,
        Paragraph(
            text=" ".join(
                (context.text("projections.how_sure.note", method=simulated.method), *table.reasons)
            ),
            tone="note",
        ),
        *_chances_by_class(context),
        *_what_matters(context),
    ]


def _chances_by_class(context: Context) -> list[Block]:
    """In how many simulations no more stop than with usual care, class by class."""
    draws = context.projections.simulated.of(context.projections.focus or "")
    if draws is None:
        return []
    return points(
        context.text("projections.how_sure.by_class", option=draws.name),
        (
            f"{tables.class_name(one)}: {_in_ten(draws.chance_of_no_gain_by_class[one.value])}."
            for one in MedicineClass
            if one.value in draws.chance_of_no_gain_by_class
        ),
    )


def _in_ten(probability: float) -> str:
    """A chance as so many in ten, or in a hundred where that says more."""
    if 0.05 <= probability <= 0.95:
        return f"{rounded(probability * 10)} in 10"
    return f"{rounded(probability * 100)} in 100"


def _what_matters(context: Context) -> list[Block]:
    result = context.projections.sensitivity
    if result is None:
        return []
    return [
        Paragraph(text=result.finding),
        Picture(
            chart="tornado",
            caption=context.text("projections.how_sure.tornado", measure=result.measure_in_words),
            with_table=True,
        ),
        *points(
            "Where one option overtakes another:",
            (t.words for t in context.projections.thresholds if t.crossings),
        ),
    ]


def price_ceiling(context: Context) -> list[Block]:
    """How much good the price of the option in focus would have to do, beside the good that studies
    found, where the plan asks for it; nothing where it does not. It opens with what it is not."""
    if not context.plan.outcomes.qaly_ceiling:
        return []
    price = context.costed.measures.get("cost_per_start") if context.costed else None
    if context.costed is None or price is None:
        return [
            *context.say("projections.qaly.lead"),
            to_be_supplied(
                context.text("projections.qaly.missing"), context.text("projections.qaly.who")
            ),
        ]
    result = qaly_ceiling(price.central, context.reference.qaly)
    at = [pounds(value) for value in result.gain_by_threshold]
    return [
        *context.say("projections.qaly.lead"),
        *context.say(
            "projections.qaly.needed",
            option=context.costed.name,
            cost=about_pounds(result.cost_per_start),
            gains=listed(
                [
                    f"{rounded(gain, 3)} at {pounds(value)}"
                    for value, gain in result.gain_by_threshold.items()
                ]
            ),
        ),
        context.table(
            "projections.qaly.table",
            (
                (
                    f"{one.gain.about} "
                    f"({listed([name.label for name in one.gain.medicine_classes])})",
                    f"{rounded(one.gain.gain, 3)} ({rounded(one.gain.low, 3)} to "
                    f"{rounded(one.gain.high, 3)})",
                    *(
                        about_pounds(one.ceilings[value])
                        if one.ceilings
                        else context.text("projections.qaly.none")
                        for value in result.gain_by_threshold
                    ),
                    context.citations.kind(one.gain.kind, one.gain.source, one.gain.verified),
                )
                for one in result.published
            ),
            thresholds=tuple(f"At {value}" for value in at),
        ),
        *context.say(
            "projections.qaly.without",
            "note",
            when=result.without,
            classes=listed([name.label for name in result.without]),
        ),
    ]


def named_scenarios(context: Context) -> list[Block]:
    """The named scenarios in one table, with what each changes."""
    named, options = context.projections.scenarios, tables.acting(context.results)
    if not options or context.need.demand is None:
        return []
    table = tables.scenarios(named, options, context.library)
    return [
        *points(
            context.text("projections.scenarios.lead"),
            (f"{one.name}: {listed(list(one.changes))}." for one in named if one.changes),
        ),
        headed(table),
        *notes(table.reasons),
    ]


def worth_finding_out(context: Context) -> list[Block]:
    """What is worth finding out before choosing."""
    if not context.plan.options:
        return []
    result = context.projections.find_out_first
    if result.missing_because:
        return notes([context.text("projections.find_out.missing", why=result.missing_because)])
    return [
        Paragraph(text=result.words),
        *([tables.find_out_first(result, context.library)] if result.rows else []),
        *context.say("projections.find_out.pilot", when=result.rows),
        *context.say(
            "projections.find_out.note",
            "note",
            value=pounds(result.value_of_a_stop),
        ),
    ]


def equal_sizes(context: Context) -> list[Block]:
    """Every option that sees people at an equal budget and at an equal reach."""
    projections, budget = context.projections, context.plan.pricing.budget
    reach, blocks = projections.equal_reach, list[Block]()
    if projections.at_equal_budget and budget is not None:
        blocks.append(
            tables.at_size(projections.at_equal_budget, context.library, budget=pounds(budget))
        )
    if projections.at_equal_reach and reach is not None:
        blocks.append(
            tables.at_size(
                projections.at_equal_reach, context.library, people_assessed=rounded(reach)
            )
        )
    return [*blocks, *(context.say("projections.equal.note", "note") if blocks else [])]


def years_table(context: Context) -> list[Block]:
    if context.years is None:
        return []
    table = tables.years(context.years, context.results, context.library).without(
        "Staff in post",
        context.text("tables.years.referred"),
        context.text("tables.years.price"),
    )
    return [
        Paragraph(text=context.years.finding),
        table,
        *notes(table.reasons),
        Paragraph(text=" ".join(context.years.assumes), tone="note"),
        *counted_from(context),
        Picture(chart="years", caption=context.text("projections.years.chart")),
    ]


def best_mix(context: Context) -> list[Block]:
    """The best mix, where the plan asks for it in its documents; nothing where it does not."""
    if not context.plan.mix.in_documents:
        return []
    mix = context.projections.mix
    if mix is None:
        return [
            to_be_supplied(
                f"the best mix: {context.projections.mix_missing_because}",
                "finance, with the commissioner",
            )
        ]
    parts: list[Block] = [
        tables.mix(mix, context.library),
        Picture(
            chart="frontier", caption="The most that each budget can do", with_table=True
        ),
    ] if mix.parts else []  # fmt: skip
    return [
        Paragraph(text=mix.words),
        *parts,
        Bullets(points=tuple(cost.words for cost in mix.constraints)),
        Paragraph(text=f"What this assumes: {' '.join(mix.assumes)}", tone="note"),
    ]


def comparability_lines(rows: Iterable[CaseStudyComparability]) -> list[str]:
    """How far an option can be set beside each case study, in a sentence each."""
    return [f"Case study {row.number} ({row.name}). {' '.join(row.sentences)}" for row in rows]
