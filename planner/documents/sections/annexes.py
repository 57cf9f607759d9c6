"""The registers of the evidence pack: assumptions, definitions, older headings, sources."""

from collections.abc import Iterator

from planner.analysis.calculation.inputs import BY_KEY, INPUTS, Input, input_named
from planner.analysis.formatting import (
    Unit,
    capital,
    day,
    lower_first,
    rounded,
)
from planner.analysis.population.assumptions import RANGE_OF, AssumptionInUse, in_use
from planner.documents.context import (
    Context,
    build_up,
    exactly,
    first_year,
    plan_hash,
    points,
)
from planner.model.base import as_range, grouped
from planner.model.document import DASH, Block, Bullets
from planner.model.edit import value_at
from planner.model.figures import FigureKind
from planner.model.outcomes import Horizon
from planner.model.plan import Demand
from planner.model.service import Post, ServiceOption

Row = tuple[str, str, str, str]


def _default_or_entered(item: Input, context: Context) -> list[Row]:
    """An input as the plan has it, or each figure of ours that it rests on."""
    entered = item.value(context.plan)
    if entered is not None:
        source = str(value_at(context.plan, item.source)) if item.source else ""
        given = context.citations.kind(
            FigureKind.ENTERED, source or "entered in this plan, source not given"
        )
        return [(item.label, exactly(as_range(entered), item.format), given, DASH)]
    rows = []
    for figure in map(context.reference.assumption, item.figures):
        title, value = context.reference.source_title(figure.source), figure.value or 0.0
        rows.append(
            (
                item.label if item.default == (figure.id,) else figure.label,
                f"{rounded(value, 3 if abs(value) < 0.1 else 2 if value < 10 else 0)} "
                f"{figure.unit}",
                context.citations.kind(figure.kind, f"{title}, {figure.section}", figure.verified),
                " ".join(figure.cautions) or DASH,
            )
        )
    return rows


OF_LETTERS = ("letters_planned", "response", "share_on_several", "share_two_years")
"""What is in use only where letters invite people; how many answer, also where an offer is made of
letters."""


def _in_use(context: Context) -> Iterator[AssumptionInUse]:
    """Everything that the sums of need, of referrals and of each step of care start from."""
    invites, writes = (
        context.plan.demand.letters_a_year > 0,
        any(one.is_letters for one in context.plan.options),
    )
    for row in context.need.inputs:
        if row.key not in OF_LETTERS or invites or (row.key == "response" and writes):
            yield row
    for item in INPUTS:
        if item.listed == "in use" and (item.scope, item.section) == ("plan", "plan"):
            yield in_use(
                item.key,
                item,
                item.value(context.plan),
                context.plan.demand.evidence,
                context.reference,
            )
    for of_class in context.need.classes:
        for key, given in of_class.given.items():
            if BY_KEY[key].listed == "in use":
                yield given


def _unit(words: str) -> Unit:
    if words.startswith("share"):
        return Unit.PERCENT
    return Unit.PEOPLE if words.startswith("people a year") else Unit.RATE


def _of_option(option: ServiceOption, context: Context) -> list[Row]:
    """What is drawn of the preferred option, its own or our default, as far as its sums use it."""
    sums = context.case.sums_of(option)
    used = {name for step in sums.steps for name in step.uses}
    rows = []
    for name, values in sums.given.items():
        item, of = input_named(name)
        if item.listed != "option" or name not in used:
            continue
        owner: ServiceOption | Post = option.posts[int(of) - 1] if item.scope == "role" else option
        entered = getattr(owner, item.field) if item.field else None
        ours = not item.field or entered == type(owner).model_fields[item.field].default
        kind, caution = (FigureKind.ASSUMED if ours else FigureKind.ENTERED).value, DASH
        if item.field == "overhead":
            kind, caution = "assumed or entered", f"Mode: {option.overhead_mode}."
        elif item.field == "hours_programme" and ours:
            caution = context.text("annexes.assumptions.hours", kind=option.kind.value)
        label = item.label
        if isinstance(owner, Post):
            label = f"{owner.title}, {lower_first(item.label)}"
        unit = Unit.RATE if item.format is Unit.HOURS else item.format
        rows.append((label, exactly(values, unit), kind, caution))
    return rows


def _cited(item: AssumptionInUse, context: Context) -> str:
    """How an assumption came to be, with its source, and that of its range where it is another."""
    middle, _, ends = item.source.partition(RANGE_OF)
    words = context.citations.kind(item.kind, middle, item.verified)
    return words + (f", range {context.citations.number(ends)}" if ends else "")


def assumptions_table(context: Context) -> list[Block]:
    """Everything in use that is assumed or modelled, or is our default, in one register."""
    rows = [
        (
            capital(item.name),
            exactly(item.values, _unit(item.unit)),
            _cited(item, context),
            " ".join(item.cautions) or DASH,
        )
        for item in _in_use(context)
    ]
    rows += [
        row
        for item in INPUTS
        if item.listed == "default"
        for row in _default_or_entered(item, context)
    ]
    if context.option is not None:
        rows += _of_option(context.option, context)
    rows += [
        (
            "Room in year 1, as staff arrive",
            f"{build_up(first_year(context.plan))} of {context.full_year}'s by quarter",
            "entered" if context.plan.horizon != Horizon() else "assumed",
            context.text("annexes.assumptions.build_up"),
        ),
        (
            BY_KEY["referrals_by_year"].label,
            build_up(context.plan.demand.referral_profile),
            "entered"
            if context.plan.demand.referral_profile != Demand().referral_profile
            else "assumed",
            DASH,
        ),
    ]
    return [
        context.table(
            "annexes.assumptions.table",
            (
                (name, value, kind if caution == DASH else f"{kind}. {caution}")
                for name, value, kind, caution in rows
            ),
        ),
        *_take_care(context),
    ]


def _take_care(context: Context) -> list[Block]:
    """What must be read with care: what is so of one option and not of all in a table, and whatever
    else in points."""
    cautious = [one for one in context.results.options if one.cautions]
    of_one = {
        caution
        for option in cautious
        for caution in option.cautions
        if len(cautious) == 1 or any(caution not in other.cautions for other in cautious)
    }
    rows = [
        (option.name, " ".join(f"{capital(one).rstrip('.')}." for one in own))
        for option in cautious
        if (own := [one for one in option.cautions if one in of_one])
    ]
    return [
        *([context.table("annexes.care.table", rows)] if rows else []),
        *points(
            context.text("annexes.care.others"),
            (
                f"{alert.text.rstrip('.')}."
                for alert in context.results.alerts
                if alert.text not in of_one
            ),
        ),
    ]


def definitions_table(context: Context) -> list[Block]:
    """The covered classes by chemical substance with its code, and what looks like them and is left
    out of the count."""
    near = {
        c: [
            f"{m.name} ({m.bnf_code})"
            for m in context.reference.near_misses
            if m.nearest_class is c
        ]
        for c in context.included
    }
    return [
        *context.say("annexes.definitions.lead", source=context.reference.chemicals[0].source),
        context.table(
            "annexes.definitions.table",
            (
                (m.name, m.bnf_code, capital(c.label))
                for c in context.included
                for m in context.reference.chemicals
                if m.medicine_class is c
            ),
        ),
        *points(
            context.text("annexes.definitions.near"),
            (f"{capital(c.label)}: {'; '.join(names)}." for c, names in near.items() if names),
        ),
    ]


def template_map(context: Context) -> list[Block]:
    """The specification's sections under the heading of the older template that each belongs to."""
    sections = [s for s in context.library.outline(4).all_sections() if s.older]
    return [
        context.table(
            "annexes.older.table",
            (
                (older, "; ".join(section.heading for section in under))
                for older, under in grouped(sections, lambda section: section.older).items()
            ),
        )
    ]


def sources(context: Context) -> list[Block]:
    context.citations.number(context.reference.framework.source.title)
    return [Bullets(points=tuple(context.citations.titles), of="sources")]


def method_note(context: Context) -> list[Block]:
    """How the figures of the set were worked out, with what, and from which plan."""
    return context.say(
        "annexes.method.note",
        versions=context.reference.versions.label,
        dated=f" of {day(context.plan.plan_date)}" if context.plan.plan_date else "",
        version=context.spec.version or "not numbered",
        mark=plan_hash(context.plan),
        simulations=f"{context.plan.simulation.simulations:,}",
        seed=str(context.plan.simulation.seed),
    )
