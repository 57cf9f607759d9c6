"""What two plans come to beside each other: need, options and what is missing, before, after and the difference."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.formatting import (
    SUPPRESSED,
    Unit,
    about_pounds,
    format_range,
    pounds,
    rounded,
)
from planner.analysis.results.results import Results
from planner.model.base import Range
from planner.model.labels.plan import CODES
from planner.model.library import SpecLibrary

NOT_THERE = "not in this version"
NOTHING = "no difference in the central value as shown"


@dataclass(frozen=True, kw_only=True)
class ResultChange:
    """One result that differs: what it is about, its name, how it stood, and the difference, in
    words.

    The difference is of the central numbers as they are shown, so that a reader can check it and a
    hidden count stays hidden. Where the two cannot be set beside each other it says why instead.
    """

    about: str
    what: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """Why numbers of two plans cannot simply be set beside each other; empty where they can."""

    people: str = ""
    money: str = ""

    @property
    def per_head(self) -> str:
        """What stands between two costs per head."""
        return self.people or self.money


def unlike(before: Results, after: Results) -> Unlike:
    """Whether the two plans count the same people, at the prices of one year, with the same pension
    cost."""
    old, new = before.need.population.basis, after.need.population.basis
    people = "" if old is new else f"not given: {old.label} before, {new.label} after"
    was, now = before.plan.pricing, after.plan.pricing
    money = ""
    if was.price_year != now.price_year:
        money = f"not given: {was.price_year} prices before, {now.price_year} prices after"
    elif was.perspective != now.perspective:
        money = f"not given: {CODES[was.perspective]} before, {CODES[now.perspective]} after, as pension cost"
    return Unlike(people=people, money=money)


# Shorter than the register's labels, as --json has always had them.
COMPARED = {
    name: {
        "cost_per_head": MEASURES["cost_per_head"].heading,
        "capacity": "People it could support",
        "cost_per_person": MEASURES["cost_per_person"].heading,
    }.get(name, MEASURES[name].label)
    for name in (
        "annual_cost", "set_up", "cost_per_head", "capacity", "supported", "cost_per_person", "starting", "stopped",
        "additional", "reduced", "cost_per_stopped", "cost_per_additional",
    )
}  # fmt: skip


def result_changes(before: Results, after: Results) -> tuple[ResultChange, ...]:
    """Every result that reads differently, need first, then each option, then the plan as a whole."""
    differing = unlike(before, after)
    return (
        *_need(before, after, differing),
        *_options(before, after, differing),
        *_whole(before, after),
    )


def _need(before: Results, after: Results, differing: Unlike) -> Iterator[ResultChange]:
    about, old, new = "Need", before.need, after.need
    populations = [
        f"{n.population.value:,} {n.population.basis.label}, {n.population.period}"
        for n in (old, new)
    ]
    yield from _result_changes(about, "Population", populations, differing.people)
    for medicine_class in before.plan.prescribing.included + tuple(
        c for c in after.plan.prescribing.included if c not in before.plan.prescribing.included
    ):
        rows = [need.of(medicine_class) for need in (old, new)]
        words = [NOT_THERE if row is None else row.display(row.patients) for row in rows]
        kinds = ["" if row is None else f" ({row.kind.value})" for row in rows]
        if all(rows) and kinds[0] != kinds[1]:
            words = [f"{display}{kind}" for display, kind in zip(words, kinds, strict=True)]
        yield from _result_changes(
            about, f"People prescribed {medicine_class.label} in a year", words, differing.people
        )
    for name, words_of_it in (
        ("people", "People prescribed any of the classes"),
        ("long_term_people", "Of them, for a year or more"),
        ("eligible", "People who would be offered support"),
        ("demand", "People who may take up support in a year"),
    ):
        yield from _spans(
            about,
            words_of_it,
            getattr(old, name),
            getattr(new, name),
            Unit.PEOPLE,
            differing.people,
        )


def _options(before: Results, after: Results, differing: Unlike) -> Iterator[ResultChange]:
    old, new = ({option.id: option for option in results.options} for results in (before, after))
    for key in (*old, *(key for key in new if key not in old)):
        was, now = old.get(key), new.get(key)
        about = f"Option: {' / '.join(sorted({option.name for option in (was, now) if option}))}"
        if was is None or now is None:
            words = [
                NOT_THERE
                if option is None
                else f"{format_range(option.annual_cost, Unit.POUNDS)} a year, {option.price_year} prices"
                for option in (was, now)
            ]
            yield from _result_changes(
                about, COMPARED["annual_cost"], words, "one version does not have this option"
            )
            continue
        for name, label in COMPARED.items():
            measure = MEASURES[name]
            between = (
                differing.per_head
                if measure.over
                else differing.money
                if measure.is_money
                else differing.people
            )
            if name == "set_up":
                yield from _result_changes(
                    about, label, (pounds(was.set_up), pounds(now.set_up)), between
                )
            else:
                values = was.measures.get(name), now.measures.get(name)
                yield from _spans(about, label, *values, measure.format_unit, between)


def _whole(before: Results, after: Results) -> Iterator[ResultChange]:
    names = [
        item.preferred.name if item.preferred else "not yet chosen" for item in (before, after)
    ]
    yield from _result_changes("The plan as a whole", "Preferred option", names, "another choice")
    old, new = len(before.missing_inputs), len(after.missing_inputs)
    yield from _result_changes(
        "The plan as a whole", "Things missing, or our defaults", (str(old), str(new)), ""
    )


def _spans(
    about: str, what: str, before: Range | None, after: Range | None, unit: Unit, differing: str
) -> Iterator[ResultChange]:
    words = [
        "withheld" if values is None else format_range(values, unit) for values in (before, after)
    ]
    yield from _result_changes(about, what, words, differing)


def _result_changes(
    about: str, what: str, words: Sequence[str], differing: str
) -> Iterator[ResultChange]:
    before, after = words
    if before != after:
        yield ResultChange(
            about=about,
            what=what,
            before=before,
            after=after,
            difference=differing or difference(before, after),
        )


NUMBER = re.compile(r"(£?)(-?[\d,]+(?:\.\d+)?)")


def difference(before: str, after: str) -> str:
    """The second number less the first, each as it is shown and at its central value; never of a
    hidden count."""
    central = [words.partition("(")[0].strip() for words in (before, after)]
    if SUPPRESSED in central:
        return "not shown, to protect a small number"
    rows = [NUMBER.match(words) for words in central]
    if rows[0] is None or rows[1] is None:
        return "not given"
    old, new = (float(match[2].replace(",", "")) for match in rows if match is not None)
    money = rows[0][1]
    if old == new:
        return NOTHING
    places = 2 if money and any("." in match[2] for match in rows if match is not None) else 0
    size = pounds(abs(new - old), places) if money else rounded(abs(new - old), 0)
    share = abs(new - old) / old if old > 0 else 0
    part = f" ({rounded(share * 100, 0 if share >= 0.1 else 1)}%)" if share else ""
    return f"{'up' if new > old else 'down'} by {size}{part}"


def cost_moved(before: Results, after: Results, library: SpecLibrary) -> str:
    """How the preferred option and its cost a year moved, as one sentence; empty where neither did."""
    was, now = before.preferred, after.preferred
    if was is None and now is None:
        return library.text("changes.preferred.neither")
    if was is None or now is None or was.id != now.id:
        one, other = (
            f"'{o.name}', at {about_pounds(o.annual_cost.central)} a year" if o else "none"
            for o in (was, now)
        )
        return library.text("changes.preferred.changed", before=one, after=other)
    old, new = (format_range(o.annual_cost, Unit.POUNDS) for o in (was, now))
    if old == new:
        return library.text("changes.preferred.stays", cost=new)
    differing = unlike(before, after).money
    moved = (
        f"; the difference is {differing}."
        if differing
        else f": {difference(old, new)} at the central value."
    )
    return library.text("changes.preferred.moved", before=old, after=new, difference=moved)
