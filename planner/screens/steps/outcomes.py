"""Step 8: what is honest to expect of each option, how sure it is, what would change it."""

from functools import partial
from typing import get_args

import streamlit as st

from planner.analysis.calculation.inputs import label_at, label_named
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.one_way_sensitivity import format_value
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.formatting import Unit, capital, format_range, people, percent, rounded
from planner.analysis.results.projections import Projections
from planner.analysis.results.provenance import option_receipts
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.model.outcomes import MeasureName
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.reference.library import load_library
from planner.screens.ui.display import (
    bullets,
    chart,
    lazy_panel,
    plain,
    receipts,
    table,
)
from planner.screens.ui.form import Form, draw, hold_incomplete, range_boxes, with_stranger
from planner.screens.ui.session import field_key, projections_for, results_for

MOST_DRAWS = 100_000
"""What can be asked for here: it takes about a second, in the process that serves everyone. A plan
file may hold more."""
OWN, OURS = "own", "ours"
"""The choice of figures of the user's own in place of evidence, and of our defaults."""
FIRST = "No option is preferred yet, so this is of the first that does something."


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    form = Form(plan, _finding)
    form.choice(
        "simulation.measure",
        list(get_args(MeasureName)),
        lambda name: capital(MEASURES[name].in_a_sentence),
        help=(
            "Net of usual care unless it says gross. No payment or target may be linked to "
            "stopping."
        ),
    )
    lazy_panel(
        "Evidence for each class, and your own figures",
        "evidence",
        partial(_choose_evidence, form, plan, reference),
    )
    lazy_panel("Who starts, and who starts again later", "starting", partial(_who_starts, form))
    lazy_panel("How the uncertainty is drawn", "draws", partial(_how_drawn, form))
    plan = form.done()
    result, projections = results_for(plan), projections_for(plan)
    st.header("What becomes of the people who start", anchor=False)
    _outcomes(result)
    focus = next((option for option in result.options if option.id == projections.focus), None)
    if focus is not None:
        receipts(
            lambda: option_receipts(result, focus, reference, "outcomes"),
            f"Outcomes of {focus.name}, each with its receipt",
        )
    chart("draws", plan)
    _draws(projections)
    lazy_panel(
        "What each unsure number is drawn from",
        "distributions",
        partial(_distributions, projections),
    )
    chart("tornado", plan)
    _thresholds(result, projections)
    st.header("What the evidence says, class by class", anchor=False)
    _evidence(result)
    return plan


def _who_starts(form: Form) -> None:
    st.write(
        "Empty: everyone supported is counted as starting to reduce, and those who relapse later "
        "are those of the evidence, where it says: a trial of antidepressants followed people for "
        "a year after they stopped. For the other classes we hold no such study."
    )
    for name in ("starting_share", "relapse", "relapse_source"):
        form.field(f"outcomes.{name}")


def _how_drawn(form: Form) -> None:
    most = max(MOST_DRAWS, form.plan.simulation.draws)
    form.columns(
        [partial(form.number, "simulation.seed", min_value=0, max_value=2**31)],
        [partial(form.number, "simulation.draws", min_value=100, max_value=most, step=1000)],
        ["simulation.correlation"],
    )


def _distributions(projections: Projections) -> None:
    table(
        [
            {"Number": label_named(name), "Drawn from": words}
            for name, words in projections.simulated.distributions
        ],
        "Each number that all options share, with what it is drawn from",
    )
    st.write(
        "Beside these, for each option: other costs, overheads, hours for each person, pay between "
        "the ends of its band and the option's effect, each by a split normal."
    )


def _finding(results: Results) -> None:
    projections = projections_for(results.plan)
    with st.spinner(f"Drawing {results.plan.simulation.draws:,} times from each unsure number"):
        projections.simulated, projections.thresholds
    option = next((o for o in results.options if o.id == projections.focus), None)
    if option is None:
        st.info("No option does anything yet. Build one on the step before.")
        return
    supported, stopped = option.people_supported, option.measures.get("stopped")
    if supported is None or stopped is None:
        st.info(
            "Outcomes cannot be given: "
            f"{plain(option.withheld.get('stopped', 'need is not known'))}."
        )
        return
    words = (
        f"Of the {people(supported.central)} people a year that {plain(option.name)} could "
        "support, about "
        f"{people(stopped.central)} may stop the medicine"
    )
    net, draws = option.measures.get("additional"), projections.simulated.of(option.id)
    if net is None:
        words += (
            ". How many of them would have stopped anyway cannot be said: "
            f"{option.withheld['additional']}."
        )
    elif net.central <= 0:
        words += ", no more than with usual care, on the evidence chosen."
    else:
        words += (
            f", and about {people(net.central)} of them ({_signed(net.low)} to "
            f"{_signed(net.high)}) would not have with "
            "usual care."
        )
        estimate = draws.estimates.get("cost_per_additional") if draws else None
        if estimate is not None:
            words += (
                " By the draws each of those costs about "
                f"{format_range(estimate.range(), Unit.POUNDS)}."
            )
        elif draws:
            why = draws.withheld.get("cost_per_additional", "it may be nobody")
            words += f" A cost for each of those is withheld: {why}."
    if results.preferred is None:
        words += f" {FIRST}"
    st.info(words + " A plateau, or a choice to stay on a medicine, is not a failure.")


def _signed(value: float) -> str:
    """People more, or fewer, than with usual care."""
    return people(value) if value >= 0 else f"{people(value).removeprefix('-')} fewer"


def _outcomes(results: Results) -> None:
    if not results.options:
        st.write("There is no option yet. Build one on the step before.")
        return
    content = tables.outcomes(results, load_library())
    table(content.filled)
    lacking: dict[str, list[str]] = {}
    for column in content.columns:
        for reason in (
            content.missing.get(column, ()) if column not in content.filled.columns else ()
        ):
            lacking.setdefault(reason, []).append(column)
    if lacking:
        st.markdown("**Not given for any option:**")
        bullets(f"{'; '.join(several)}: {reason}" for reason, several in lacking.items())
    st.write(
        "People a year, central (low to high), all modelled. Each has its own high, so they may "
        "add up to more than all who start. Medicines "
        "no longer prescribed are not cash: it lies in practices' prescribing and pays for no "
        "service."
    )


def _draws(projections: Projections) -> None:
    simulated = projections.simulated
    if not simulated.options:
        return
    content = tables.how_sure(simulated, load_library())
    costs = [MEASURES[name].label for name in tables.COSTS]
    table(content.without(*costs))
    lazy_panel(
        "Every cost of an outcome, with its interval",
        "costs-of-outcomes",
        lambda: table(content.only("Option", *costs), in_panel=False),
    )
    st.write(
        f"{simulated.method}. The interval holds 95% of the draws; the mean of a ratio is that of "
        "its parts. The chance of "
        f"being best is on {simulated.measure_in_words} alone, which is never the only reason to "
        "choose; a draw in which nobody gains counts for no option. "
        "Nothing published compares these models, so a small difference can look surer than it is."
    )


def _thresholds(results: Results, projections: Projections) -> None:
    if not projections.thresholds:
        return
    st.header("Where one option overtakes another", anchor=False)
    crossing = [t for t in projections.thresholds if t.crossings]
    names = {option.id: option.name for option in results.options}
    if crossing:
        one, once = crossing[0], all(len(threshold.crossings) == 1 for threshold in crossing)
        st.write(
            f"{plain(names[one.first])} beside each other option: the value of one assumption, "
            "all else as it is, at "
            f"which they change places on {MEASURES[one.measure].in_a_sentence}."
        )
        table(
            [
                {
                    "Set beside": names[threshold.second],
                    "What moves": capital(threshold.label),
                    "They change places at": " and ".join(
                        format_value(threshold.assumption, value) for value in threshold.crossings
                    ),
                    "Lower above that" if once else "Lower above the last": names[
                        threshold.lower_above
                    ],
                }
                for threshold in crossing
            ],
            "Each other option, what moves, where the two change places, and which is lower "
            "above that",
        )
    else:
        st.write("No option overtakes another within the range of any one assumption.")
    steady = [t for t in projections.thresholds if not t.crossings]
    if steady:
        lazy_panel(
            "Where nothing changes",
            "nothing-changes",
            lambda: bullets(threshold.words for threshold in steady),
        )


def _choose_evidence(form: Form, plan: Plan, reference: ReferenceData) -> None:
    st.write(
        "Each share is of everyone who starts. What support adds is what people do with it less "
        "what they would have done with usual care. A case study's success rate does not carry "
        "over to another place."
    )
    try:
        taken = {row.medicine_class: row for row in results_for(plan).outcomes.classes}
    except ReferenceMissing as error:
        taken = {}
        st.warning(f"{plain(str(error))}. Choose one that we hold, or give figures of your own.")
    for medicine_class in plan.prescribing.included:
        _choose(form, medicine_class, taken.get(medicine_class), reference)


def _choose(
    form: Form, medicine_class: MedicineClass, row: ClassOutcomes | None, reference: ReferenceData
) -> None:
    """Which result a class takes, or shares of the user's own."""
    name, own = medicine_class.label, form.plan.outcomes.of(medicine_class)
    words = {OURS: "Our defaults, one for each kind of offer"} | {
        evidence.id: f"{evidence.title} ({evidence.design.value}; {evidence.offer.value})"
        for evidence in reference.outcomes_for(medicine_class)
    }
    current = own.evidence or OURS
    words[OWN] = "Figures of our own"
    options, display = list(dict.fromkeys([*words, current])), words.__getitem__
    if current not in words:
        display = with_stranger(current, display)
    path, label = (
        f"outcomes.classes.{list(MedicineClass).index(medicine_class)}",
        f"Evidence on {name}",
    )
    chosen = draw(
        st.selectbox,
        label,
        field_key(f"{path}.choice"),
        current if own.stopped is None else OWN,
        options=options,
        format_func=display,
    )
    if chosen != OWN:
        if own.stopped is not None or current != chosen:
            values = own.model_dump() | dict.fromkeys(("stopped", "usual", "reduced", "left"))
            form.set(path, values | {"evidence": None if chosen == OURS else chosen}, label)
        return
    typed, half = {}, False
    for what, start, optional in (
        ("stopped", own.stopped or (row.stop.values if row else None), ""),
        ("usual", own.usual or (row.usual.values if row and row.usual else None), ""),
        ("reduced", own.reduced, " (may be left empty)"),
        ("left", own.left, " (may be left empty)"),
    ):
        field = f"{path}.{what}"
        typed[what], empty = range_boxes(field, f"{label_at(field)}{optional}", start)
        half = half or (typed[what] is None and not empty)
    form.field(f"{path}.source")
    if half or typed["stopped"] is None or typed["usual"] is None:
        hold_incomplete(
            f"Give all six figures on {name}, each from low to high, and those who reduce or leave "
            "whole or not at all. Until then the last ones are used."
        )
        return
    source = str(st.session_state.get(field_key(f"{path}.source"), own.source))
    values = own.model_dump() | typed | {"evidence": None, "source": source}
    form.set(path, values, f"Shares of {name}")


def _evidence(results: Results) -> None:
    """Each class with what its evidence says, and its receipts and harm in a panel of its own."""
    table(tables.evidence(results.outcomes.classes, load_library()))
    for row in results.outcomes.classes:
        about = [
            f"Source ({tables.in_full(row.kind, '', row.verified)}): {row.source}",
            f"Followed for: {row.follow_up}",
            f"Harm and restarts: {row.harm}",
            f"Does it carry over? {row.because}",
            f"Drawn from: {row.stop.words}",
            *([f"What support adds: {row.net_method}"] if row.net is not None else []),
            *row.cautions,
        ]
        lazy_panel(
            f"{tables.class_name(row.medicine_class)}: receipts and harm",
            f"evidence-{row.medicine_class.value}",
            partial(bullets, about),
        )
    for row in results.outcomes.classes:
        if row.left is not None:
            stayed = 1 - row.left.values.central
            share = row.stop.values.central / stayed if stayed > 0 else 0.0
            st.write(
                f"{tables.class_name(row.medicine_class)}: of the {rounded(stayed * 100)}% who "
                "finished, "
                f"{percent(share)} stopped. This stands beside the share of everyone who started, "
                "never instead of it."
            )
    if all(row.left is None for row in results.outcomes.classes):
        st.write(
            "Shares of completers are not given: no evidence chosen says how many left early, and "
            "a share of those who finished would flatter every option."
        )
