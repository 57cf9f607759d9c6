"""Step 8: what is honest to expect of each option, how sure it is, and what would change the answer."""

from typing import get_args

import streamlit as st

from planner.analysis.calculation.inputs import label_named
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.one_way_sensitivity import format_value
from planner.analysis.formatting import Unit, format_range, people
from planner.analysis.results.projections import Projections
from planner.analysis.results.provenance import option_receipts
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import capital
from planner.documents import tables
from planner.model.outcomes import MeasureName
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.steps.evidence import choose_evidence, evidence_table
from planner.screens.ui.form import Form
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.page import chart, draw_finding_first
from planner.screens.ui.panels import lazy_panel
from planner.screens.ui.session import projections_for, results_for, store_plan
from planner.screens.ui.tables import bullets, receipts, table

MOST_DRAWS = 100_000
"""What can be asked for here: it takes about a second, in the process that serves everyone. A plan
file may hold more."""
FIRST = "No option is preferred yet, so this is of the first that does something."


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    found_first = draw_finding_first(_finding, plan)
    form = Form(plan)
    form.choice(
        "simulation.measure",
        "Compare the options on",
        list(get_args(MeasureName)),
        lambda name: capital(MEASURES[name].in_a_sentence),
        help="Net of usual care unless it says gross. No payment or target may be linked to stopping.",
    )
    choose_evidence(form, plan, reference)
    _who_starts(form)
    _how_drawn(form)
    plan = form.revised()
    store_plan(plan)
    result, projections = results_for(plan), projections_for(plan)
    found_first(plan)
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
    with lazy_panel("What each unsure number is drawn from", "distributions") as is_open:
        if is_open:
            table(
                [
                    {"Number": label_named(name), "Drawn from": words}
                    for name, words in projections.simulated.distributions
                ],
                "Each number that all options share, with what it is drawn from",
            )
            st.write(
                "Beside these, for each option: other costs by a gamma, overheads by a triangle, and hours for each person, "
                "pay between the ends of its band and the option's effect by PERT."
            )
    chart("tornado", plan)
    _thresholds(result, projections)
    st.header("What the evidence says, class by class", anchor=False)
    evidence_table(result)
    return plan


def _who_starts(form: Form) -> None:
    with lazy_panel("Who starts, and who starts again later", "starting") as is_open:
        if is_open:
            st.write(
                "Empty: everyone supported is counted as starting to reduce, and those who relapse later are those of the "
                "evidence, where it says: a trial of antidepressants followed people for a year after they stopped. For the "
                "other classes we hold no such study."
            )
            form.field("outcomes.starting_share")
            form.field("outcomes.relapse")
            form.text(
                "outcomes.relapse_source",
                "Where the share who relapse or start again comes from",
                max_chars=300,
            )


def _how_drawn(form: Form) -> None:
    with lazy_panel("How the uncertainty is drawn", "draws") as is_open:
        if is_open:
            one, two, three = st.columns(3)
            with one:
                form.number("simulation.seed", min_value=0, max_value=2**31)
            with two:
                most = max(MOST_DRAWS, form.plan.simulation.draws)
                form.number("simulation.draws", "Draws", min_value=100, max_value=most, step=1000)
            with three:
                form.field("simulation.correlation")


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
            f"Outcomes cannot be given: {plain(option.withheld.get('stopped', 'need is not known'))}."
        )
        return
    words = (
        f"Of the {people(supported.central)} people a year that {plain(option.name)} could support, about "
        f"{people(stopped.central)} may stop the medicine"
    )
    net, draws = option.measures.get("additional"), projections.simulated.of(option.id)
    if net is None:
        words += f". How many of them would have stopped anyway cannot be said: {option.withheld['additional']}."
    elif net.central <= 0:
        words += ", no more than with usual care, on the evidence chosen."
    else:
        words += (
            f", and about {people(net.central)} of them ({_signed(net.low)} to {_signed(net.high)}) would not have with "
            "usual care."
        )
        estimate = draws.estimates.get("cost_per_additional") if draws else None
        if estimate is not None:
            words += f" By the draws each of those costs about {format_range(estimate.range(), Unit.POUNDS)}."
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
        "People a year, central (low to high), all modelled. Each has its own high, so they may add up to more than all who start. Medicines "
        "no longer prescribed are not cash: it lies in practices' prescribing and pays for no service."
    )


def _draws(projections: Projections) -> None:
    simulated = projections.simulated
    if not simulated.options:
        return
    content = tables.how_sure(simulated, load_library())
    costs = [MEASURES[name].label for name in tables.COSTS]
    table(content.without(*costs))
    with lazy_panel("Every cost of an outcome, with its interval", "costs-of-outcomes") as is_open:
        if is_open:
            table(content.only("Option", *costs), in_panel=False)
    st.write(
        f"{simulated.method}. The interval holds 95% of the draws; the mean of a ratio is that of its parts. The chance of "
        f"being best is on {simulated.measure_in_words} alone, which is never the only reason to choose; a draw in which nobody gains counts for no option. "
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
            f"{plain(names[one.first])} beside each other option: the value of one assumption, all else as it is, at "
            f"which they change places on {MEASURES[one.measure].in_a_sentence}."
        )
        table(
            [
                {
                    "Set beside": names[threshold.second],
                    "What moves": threshold.label[0].upper() + threshold.label[1:],
                    "They change places at": " and ".join(
                        format_value(threshold.assumption, value) for value in threshold.crossings
                    ),
                    "Lower above that" if once else "Lower above the last": names[
                        threshold.lower_above
                    ],
                }
                for threshold in crossing
            ],
            "Each other option, what moves, where the two change places, and which is lower above that",
        )
    else:
        st.write("No option overtakes another within the range of any one assumption.")
    steady = [t for t in projections.thresholds if not t.crossings]
    if steady:
        with lazy_panel("Where nothing changes", "nothing-changes") as is_open:
            if is_open:
                bullets(threshold.words for threshold in steady)
