"""Step 4: what may come of each option, how sure it is, and what is worth finding out first."""

from collections.abc import Sequence
from functools import partial
from typing import get_args

import streamlit as st

from planner.analysis.calculation.inputs import label_at, label_named
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.cash_flow import OptionYears, budget_named
from planner.analysis.economics.one_way_sensitivity import format_value
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.outcomes import ClassOutcomes, reported_reductions
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_range,
    listed,
    lower_first,
    more_or_fewer,
    people,
    percent,
    pounds,
    range_in_words,
)
from planner.analysis.results.projections import Projections
from planner.analysis.results.provenance import option_provenance
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.model.base import grouped
from planner.model.outcomes import MeasureName
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.reference.library import load_library
from planner.screens.steps import years
from planner.screens.steps.option_table import median_explained
from planner.screens.steps.years import FIRST
from planner.screens.ui.display import (
    bullets,
    chart,
    draw_finding_first,
    lazy_panel,
    provenance_panel,
    sections,
    table,
)
from planner.screens.ui.findings import Headline, draw_headlines, headline
from planner.screens.ui.form import Form, draw, hold_incomplete, range_boxes, with_stranger
from planner.screens.ui.markup import plain
from planner.screens.ui.page_book import link_to
from planner.screens.ui.session import field_key, projections_for, results_for

MOST_DRAWS = 100_000
"""What can be asked for here: it takes about a second, in the process that serves everyone. A plan
file may hold more."""
OWN, OURS = "own", "ours"
"""The choice of figures of the user's own in place of evidence, and of our defaults."""


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    redraw = draw_finding_first(_finding, plan)
    if all(option.is_do_nothing for option in plan.options):
        link_to("options", f"Add one on {at_step('options')}")
        return _chosen_evidence(plan, reference)
    plan = sections(
        "outcomes",
        {
            "People": _people,
            "Money by year": years.show,
            "How sure": _how_sure,
            "What to find out first": _first_to_find_out,
            "Best mix": years.best_mix,
        },
        plan,
        reference,
    )
    redraw(plan)
    return plan


def _people(plan: Plan, reference: ReferenceData) -> Plan:
    # First, since evidence that is not known keeps all below it from being worked out.
    plan = _chosen_evidence(plan, reference)
    result, projections = results_for(plan), projections_for(plan)
    _outcomes(result)
    lazy_panel(
        "Charts: what becomes of people, and who stops", "people-charts", partial(_charts, plan)
    )
    _compare_options(result, projections)
    lazy_panel(
        "What the evidence says, by class and kind of offer", "says", partial(_evidence, result)
    )
    focus = projections.in_focus
    if focus is not None:
        provenance_panel(
            lambda: [
                one
                for step in ("options", "outcomes")
                for one in option_provenance(result, focus, reference, step)
            ],
            f"Cost, reach and outcomes of {focus.name}, each with its receipt",
        )
    return plan


def _charts(plan: Plan) -> None:
    for name in ("pathway", "outcomes"):
        chart(name, plan)


def _how_sure(plan: Plan, _: ReferenceData) -> Plan:
    form, projections = Form(plan), projections_for(plan)
    chart("draws", plan)
    _draws(projections)
    lazy_panel(
        "What each unsure number is drawn from",
        "distributions",
        partial(_distributions, projections),
    )
    lazy_panel("How the uncertainty is drawn", "draws", partial(_explain_draws, form))
    return form.done()


def _first_to_find_out(plan: Plan, _: ReferenceData) -> Plan:
    form = Form(plan)
    result, projections = results_for(plan), projections_for(plan)
    _find_out_first(projections, plan)
    lazy_panel(
        "Chart: what moves most, one assumption at a time", "tornado", partial(_tornado, form)
    )
    lazy_panel(
        "Where one option overtakes another",
        "overtakes",
        partial(_thresholds, result, projections),
    )
    return form.done()


def _tornado(form: Form) -> None:
    form.choice(
        "simulation.measure",
        list(get_args(MeasureName)),
        lambda name: capital(MEASURES[name].in_a_sentence),
    )
    chart("tornado", form.plan)


def _explain_draws(form: Form) -> None:
    most = max(MOST_DRAWS, form.plan.simulation.simulations)
    form.columns(
        [partial(form.number, "simulation.seed", most=2**31)],
        [partial(form.number, "simulation.simulations", least=100, most=most)],
        ["simulation.value_of_a_stop"],
        vertical_alignment="bottom",
    )
    form.tick("outcomes.qaly_ceiling")


def _distributions(projections: Projections) -> None:
    table(
        [
            {"Number": label_named(name), "Drawn from": words}
            for name, words in projections.simulated.distributions
        ],
        "Each number that all options share, with what it is drawn from",
    )
    st.write(
        "Beside these, for each option: other costs, overheads, hours of a programme, pay between "
        "the ends of its band and the option's effect, each by a split normal."
    )


def _finding(results: Results) -> None:
    projections = projections_for(results.plan)
    with st.spinner(f"Drawing {results.plan.simulation.simulations:,} simulations"):
        projections.simulated
    option = projections.in_focus
    if option is None:
        st.info("There is no option yet but doing nothing, so there is nothing to expect.")
        return
    by_year = projections.years_of(option.id)
    st.markdown(
        f"**{plain(option.name)}**" + ("" if results.preferred else f", {lower_first(FIRST)}")
    )
    draw_headlines(
        [
            _reached(option, by_year),
            _comes_of_it(option),
            _costs(option, by_year, results.plan),
        ]
    )
    st.markdown(
        ":small[A plateau, or a choice to stay on a medicine, is not a failure. No payment or "
        "target may be linked to stopping.]"
    )


def _reached(option: OptionResult, by_year: OptionYears | None) -> Headline:
    """How many people are reached in year 1 and in a full year."""
    written = option.measures.get("written")
    first = by_year.rows[0] if by_year else None
    in_first = (first.written if written else first.assessed) if first else None
    words = (
        f"In year 1 about {people(in_first.central)}"
        if in_first
        else capital(_withheld(option, "assessed"))
    )
    what = f"{'Written to' if written else 'Assessed'} in {option.full_year}"
    return headline(what, written or option.people_assessed, Unit.PEOPLE, words)


def _comes_of_it(option: OptionResult) -> Headline:
    """How many start, and what is known of how many more stop than would with usual care."""
    starting, net = option.people_starting, option.measures.get("net_stopped")
    if net is None:
        words = "How many more stop than with usual care cannot be said: "
        words += _withheld(option, "net_stopped")
    else:
        likely = range_in_words(net)
        words = f"{more_or_fewer(net.central)} stop in a year than with usual care"
        words += f", likely {likely}" if likely else ""
    if starting is None:
        return headline(
            f"Stop in {option.full_year}", option.measures.get("stopped"), Unit.PEOPLE, words
        )
    return headline("Start to reduce in a full year", starting, Unit.PEOPLE, words)


def _costs(option: OptionResult, by_year: OptionYears | None, plan: Plan) -> Headline:
    """What year 1 and a full year cost, each beside the budget, and any other year that goes over
    it."""
    budget, rows = plan.pricing.budget, by_year.rows if by_year else ()
    parts = [f"Year 1: {_beside_budget(row.cash.central, budget)}" for row in rows[:1]]
    if budget is None:
        parts.append("No budget is given")
    else:
        full = option.annual_cost.central
        over = [row.in_words for row in rows[1:] if (row.balance or 0) < 0]
        also = f"; over it in {listed(over)}" if over and full <= budget else ""
        named = f"The {budget_named(plan)} is {pounds(budget)}"
        year = capital(option.full_year)
        parts += [f"{year}: {_beside_budget(full, budget)}{also}", named]
    return headline(
        f"Cost of {option.full_year}", option.annual_cost, Unit.POUNDS, ". ".join(parts)
    )


def _beside_budget(cost: float, budget: float | None) -> str:
    """A cost, and by how much it is within the budget or over it where there is one."""
    if budget is None:
        return about_pounds(cost)
    side = "within" if cost <= budget else "over"
    return f"{about_pounds(cost)}, {about_pounds(abs(budget - cost))} {side} budget"


def _withheld(option: OptionResult, name: str) -> str:
    return option.withheld.get(name, "need is not known")


def _outcomes(results: Results) -> None:
    columns = tables.acting(results)
    for first in range(0, len(columns), tables.MOST_OPTIONS):
        table(
            tables.outcomes(results, load_library(), columns[first : first + tables.MOST_OPTIONS])
        )
    least, *_, most = (percent(row.share) for row in reported_reductions(results.reference))
    median = median_explained(columns, tables.CONSEQUENCES)
    st.write(
        "Each number is for a year, with its likely range in brackets, and is modelled unless "
        f"quoted. {median}People who stop are counted over everyone who "
        "starts, or everyone written to, never over those who finished. Services report that "
        f"{least} to {most} of people reduce, gross: here that is measured and not forecast, as "
        "wellbeing and pain are. Medicines no longer prescribed are no cash to spend: their cost "
        "lies in practices' prescribing and pays for no service."
    )


def _draws(projections: Projections) -> None:
    simulated = projections.simulated
    chances = _chances(projections)
    if chances:
        st.write("The chance that no more people stop than with usual care:")
        bullets(chances)
    content = tables.how_sure(simulated, load_library())
    lazy_panel(
        "Cost of each outcome, and every chance",
        "costs-of-outcomes",
        lambda: table(content, in_panel=False),
    )
    st.write(
        f"{simulated.method}. A likely range holds 95% of them. "
        "Nothing published compares these models, so a small difference can look surer than it is."
    )


def _chances(projections: Projections) -> list[str]:
    """How often no more stop than with usual care, class by class, in a sentence for the options
    that share it."""
    same = grouped(
        (one for one in projections.simulated.options if one.chance_of_no_gain_by_class),
        lambda one: tuple(one.chance_of_no_gain_by_class.items()),
    )
    return [
        f"{listed([o.name for o in options])}: "
        + ", ".join(f"{MedicineClass(name).label} {in_ten(chance)}" for name, chance in chances)
        + "."
        for chances, options in same.items()
    ]


def in_ten(chance: float) -> str:
    """A chance as a reader says it, such as 7 in 10."""
    tenths = round(chance * 10)
    if chance < tables.SAYABLE:
        return "under 1 in 100"
    if chance > 1 - tables.SAYABLE:
        return "over 99 in 100"
    return f"{tenths} in 10" if 0 < tenths < 10 else f"{round(chance * 100)} in 100"


def _compare_options(results: Results, projections: Projections) -> None:
    """Options two by two, and in named scenarios."""
    if len(tables.acting(results)) < 2:
        return
    lazy_panel(
        "Each two options: which is better on what",
        "pairs",
        lambda: bullets(pair.words for pair in projections.pairs),
    )
    lazy_panel(
        "Cautious and hopeful scenarios", "scenarios", partial(_scenarios, results, projections)
    )


def _scenarios(results: Results, projections: Projections) -> None:
    named = projections.scenarios
    bullets(f"{one.name}: {listed(one.changes)}." for one in named if one.changes)
    table(tables.scenarios(named, tables.acting(results), load_library()), in_panel=False)


def _find_out_first(projections: Projections, plan: Plan) -> None:
    first, heading = projections.find_out_first, "What is worth finding out first"
    if first.rows:
        chart("find_out", plan, heading)
    else:
        st.header(heading, anchor=False)
    if first.missing_because:
        st.write(f"It cannot be said, because {plain(first.missing_because)}.")
        return
    st.write(
        f"{plain(first.words)} Knowing everything would be worth "
        f"{plain(about_pounds(first.everything))} a year. It says which local pilot to run, and "
        "nothing of what a person is worth."
    )


def _thresholds(results: Results, projections: Projections) -> None:
    if not projections.thresholds:
        return
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


def _chosen_evidence(plan: Plan, reference: ReferenceData) -> Plan:
    """A fold with the evidence of each class, and the plan with what is chosen in it."""
    form = Form(plan)
    lazy_panel(
        "Choose the evidence for each class, or give your own figures",
        "evidence",
        partial(_choose_evidence, form, plan, reference),
    )
    return form.done()


def _choose_evidence(form: Form, plan: Plan, reference: ReferenceData) -> None:
    st.write(
        "Each share is of everyone counted: those who start, or those written to. What support "
        "adds is what people do with it less what they would have done with usual care. A case "
        "study's success rate does not carry over to another place, and of what a trial adds only "
        "a part is taken to carry over."
    )
    form.field("outcomes.carry_over")
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
    words = {OURS: "The planner's, one for each kind of offer"} | {
        evidence.id: f"{evidence.title} ({evidence.design.value}; {evidence.offer.value})"
        for evidence in reference.outcomes_for(medicine_class)
    }
    current = own.evidence or OURS
    words[OWN] = "Figures of your own"
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
        field_key(f"{path}.choice", of=path),
        current if own.stopped is None else OWN,
        options=options,
        format_func=display,
    )
    if chosen != OWN:
        if own.stopped is not None or current != chosen:
            values = own.model_dump() | dict.fromkeys(("stopped", "usual"))
            form.set(path, values | {"evidence": None if chosen == OURS else chosen}, label)
        return
    typed = {}
    for what, start in (
        ("stopped", own.stopped or (row.stop.values if row else None)),
        ("usual", own.usual or (row.usual.values if row and row.usual else None)),
    ):
        field = f"{path}.{what}"
        typed[what], _ = range_boxes(field, label_at(field), start)
    form.field(f"{path}.source")
    if None in typed.values():
        hold_incomplete(
            f"Give both shares on {name}, and no low above one or high below it. Until then the "
            "last ones are used."
        )
        return
    source = str(st.session_state.get(field_key(f"{path}.source"), own.source))
    values = own.model_dump() | typed | {"evidence": None, "source": source}
    form.set(path, values, f"Shares of {name}")


def _evidence(results: Results) -> None:
    """Each class and kind of offer with what its evidence says, and its receipts and harm in a
    panel of its own."""
    has_letters = any(option.is_letters for option in results.plan.options)
    rows = (*results.outcomes.classes, *(results.outcomes.everyone if has_letters else ()))
    table(tables.evidence(rows, load_library()).without("Harm and restarts"))
    for medicine_class in results.plan.prescribing.included:
        about = [row for row in rows if row.medicine_class is medicine_class]
        lazy_panel(
            f"{tables.class_name(medicine_class)}: receipts and harm",
            f"evidence-{medicine_class.value}",
            partial(_sources_of, about),
        )


def _sources_of(rows: Sequence[ClassOutcomes]) -> None:
    for row in rows:
        after = (
            ("Of those who stopped, still off", row.stay_off),
            ("Of those who stopped, back on", row.back_on),
            ("Relapses beyond those of carrying on", row.added_relapse),
        )
        st.markdown(f"**{capital(row.offer.value)}**, counted over {row.denominator}")
        bullets(
            [
                f"Source ({tables.in_full(row.kind, '', row.verified)}): {row.source}",
                f"Followed for: {row.follow_up}",
                f"Harm and restarts: {row.harm}",
                f"Does it carry over? {row.because}",
                f"Drawn from: {row.stop.words}",
                *([f"What support adds: {row.net_method}"] if row.net is not None else []),
                *(
                    f"{label}: {format_range(chance.values, Unit.PERCENT)}, {chance.words}"
                    for label, chance in after
                    if chance is not None
                ),
                *row.cautions,
            ]
        )
