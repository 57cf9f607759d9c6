"""The sentences and figures that a plan is summed up in, for the first draft and the summary."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import (
    Unit,
    capital,
    format_number,
    format_range,
    listed,
    range_in_words,
)
from planner.analysis.population.need import Need
from planner.analysis.results.results import Results
from planner.model.base import Range, grouped
from planner.model.prescribing import Rung
from planner.screens.ui.markup import plain

LOCAL = (Rung.COUNT, Rung.PART_OF_YEAR, Rung.ITEMS)
WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One figure of the summary: what it is, its value with the likely range, and what it rests on,
    local, modelled or assumed, in words."""

    label: str
    value: str
    likely: str
    rests_on: str


def to_say(results: Results, option: OptionResult | None = None) -> str:
    """What to say in a meeting: how many people, and what an option would cost and do for them."""
    need = results.need
    if need.people is None:
        because = plain(need.missing_because or "need is not known")
        return f"How many people are prescribed these medicines cannot be said: {because}."
    adults = need.population.value
    sentence = (
        f"In {plain(results.figures_of)} about {_about(need.people)} people are prescribed at "
        f"least one of these medicines in a year{_likely(need.people)}: "
        f"1 in {format_number(adults / need.people.central, Unit.COUNT)} "
        f"{need.population.basis.label}."
    )
    if need.long_term_people is not None:
        sentence += (
            f" About {_about(need.long_term_people)} of them have taken them for a year or "
            f"more{_likely(need.long_term_people)}."
        )
    return sentence + (f" {_of_option(option)}" if option else "")


def _of_option(option: OptionResult) -> str:
    """What one option costs and whom it sees, in a sentence or two."""
    cost = _about(option.annual_cost, Unit.POUNDS)
    sentence = (
        f"{plain(option.name)} would cost about {cost} {option.by_the_year}"
        f"{_likely(option.annual_cost, Unit.POUNDS)}"
    )
    seen, written = option.people_assessed, option.measures.get("written")
    if seen is None and written is not None:
        return f"{sentence} and write to {_about(written)} people."
    if seen is None:
        return f"{sentence}; whom it would see is not known."
    # A quote says whom its provider sees; how many of them start is not in it.
    starting = None if option.stated else option.people_starting
    start = f", of whom about {_about(starting)} would start to reduce" if starting else ""
    return f"{sentence} and assess about {_about(seen)} people{_likely(seen)}{start}."


def _about(values: Range, unit: Unit = Unit.PEOPLE) -> str:
    return format_number(values.central, unit)


def _likely(values: Range, unit: Unit = Unit.PEOPLE) -> str:
    ends = range_in_words(values, unit)
    return f" (likely {ends})" if ends else ""


def rests_on(need: Need) -> str:
    """What the numbers of people rest on, class by class, in a sentence."""
    by_rung = grouped(need.classes, lambda row: row.rung)
    many = len(need.classes)
    if len(by_rung) == 1:
        row = need.classes[0]
        local = "" if row.rung in LOCAL else ", not local"
        numbers = "The one number is" if many == 1 else f"All {WORDS[many]} numbers are"
        label = (
            row.rung_label.replace("local count", "local counts") if many > 1 else (row.rung_label)
        )
        return f"{numbers} {plain(label)}{local}."
    parts = [
        f"{listed([row.medicine_class.label for row in rows])}: {rows[0].rung_label}"
        + ("" if rung in LOCAL else ", not local")
        for rung, rows in by_rung.items()
    ]
    return plain(f"{capital('; '.join(parts))}.")


def kind_of_need(need: Need) -> str:
    """Whether the numbers of people are local or modelled, in a few words."""
    local = sum(row.rung in LOCAL for row in need.classes)
    if not local:
        return "Modelled: no local count yet"
    many = len(need.classes)
    return (
        "Local counts" if local == many else f"Local for {local} of {many} classes, else modelled"
    )


def headlines(results: Results, option: OptionResult | None) -> list[Headline]:
    """The six figures of the summary."""
    need, plan = results.need, results.plan
    rate = "your own rate" if plan.demand.referral_rate else "the planner's rate"
    shares = [row.long_term_share for row in plan.prescribing.classes if row.included]
    long_term = (
        "Your long-term share"
        if all(shares)
        else "The planner's long-term share"
        if not any(shares)
        else "Your long-term share for some classes"
    )
    rows = [
        headline("People prescribed in a year", need.people, Unit.PEOPLE, kind_of_need(need)),
        headline(
            "On them for a year or more",
            need.long_term_people,
            Unit.PEOPLE,
            f"Modelled. {long_term}",
        ),
        headline("Referred in a full year", need.demand, Unit.PEOPLE, f"Assumed: {rate}"),
    ]
    if option is None:
        return rows
    modelled = (
        "Not said by its provider" if option.is_price_alone else "Modelled from the team's hours"
    )
    quoted = "Assumed: the provider's word" if option.stated else modelled
    is_quote = option.is_price_alone or option.stated and not option.posts
    priced = "From the quote" if is_quote else "Modelled from posts"
    seen = option.people_assessed
    written = option.measures.get("written")
    return [
        *rows,
        headline(f"Cost {option.by_the_year}", option.annual_cost, Unit.POUNDS, priced),
        headline(f"Written to in {option.full_year}", written, Unit.PEOPLE, "Modelled")
        if written is not None
        else headline(f"Assessed in {option.full_year}", seen, Unit.PEOPLE, quoted),
        headline(
            "Cost per head, all ages",
            option.cost_per_head_all_ages,
            Unit.PENCE,
            f"{priced}, over residents of all ages",
        ),
    ]


def headline(label: str, values: Range | None, unit: Unit, rests: str) -> Headline:
    """One figure with its likely range; "Not known" where there is none."""
    if values is None:
        return Headline(label=label, value="Not known", likely="", rests_on=rests)
    ends = range_in_words(values, unit)
    return Headline(
        label=label,
        value=format_range(
            Range(low=values.central, central=values.central, high=values.central), unit
        ),
        likely=f"Likely {ends}" if ends else "One figure, no range",
        rests_on=rests,
    )


def draw_headlines(figures: Sequence[Headline]) -> None:
    """The figures, three to a row."""
    for start in range(0, len(figures), 3):
        for column, one in zip(st.columns(3), figures[start : start + 3], strict=False):
            with column.container(gap="xsmall"):
                st.metric(one.label, one.value)
                words = ". ".join(filter(None, (one.likely, one.rests_on)))
                st.markdown(f":small[{plain(words)}.]")
