"""Of step 1: which population is counted, and how many people are prescribed each class."""

from functools import partial

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY, label_at
from planner.analysis.formatting import (
    capital,
    format_range,
    listed,
    local_count,
    people,
    rounded,
    two_figures,
)
from planner.analysis.population.need import Need
from planner.analysis.population.plausibility import CountQuestion, count_questions
from planner.analysis.results.provenance import need_receipts
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import per_thousand
from planner.documents import tables
from planner.model.plan import Plan
from planner.model.prescribing import Basis, CountedOver, MedicineClass, Rung
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.display import (
    RECEIPTS,
    chart,
    lazy_panel,
    plain,
    receipts_table,
    table,
)
from planner.screens.ui.form import Form, displayed_entry, draw, help_words, label_of, pick
from planner.screens.ui.saved_plan import may_only_read
from planner.screens.ui.session import results_for
from planner.screens.ui.streamlit_compat import DeltaGenerator

# Pixels; wraps where there is less room.
NAME_WIDTH = 280
CLASS_SHOWN = "class-details-of"
CLASSES = tuple(MedicineClass)


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    form = Form(plan, _finding)
    questions = {one.medicine_class: one for one in count_questions(form.plan, reference)}
    st.header("Population", anchor=False)
    form.choice(
        "population.basis",
        list(Basis),
        lambda basis: capital(basis.label),
        help="Every rate here uses this population. Two populations are never mixed.",
    )
    lazy_panel(
        "Use your own population figure",
        "own-population",
        lambda: form.columns(["population.entered"], ["population.period"], ["population.source"]),
    )
    st.header("People prescribed each class in a year", anchor=False)
    st.markdown(help_words("prescribing.classes.0.patients", above=True))
    for place, medicine_class in enumerate(CLASSES):
        # Whether a class is in the plan, and its count: what is looked for first.
        at, name = f"prescribing.classes.{place}", capital(medicine_class.label)
        with st.container(border=True, horizontal=True):
            form.tick(f"{at}.included", f"{name} are in this plan", width=NAME_WIDTH)
            over = form.plan.prescribing.classes[place].counted_over
            label = label_at(f"{at}.patients").replace(CountedOver.YEAR.label, over.label)
            form.field(f"{at}.patients", label=label, placeholder="Items stand in for it")
        if medicine_class in questions:
            ask_about_count(form, at, questions[medicine_class])
    chooser = lazy_panel(
        "Period, source, items and long-term share of a class",
        "class-details",
        partial(_details, form),
    )
    lazy_panel("High-dose opioids", "high-dose", partial(_high_dose, form))
    plan = form.done()
    if chooser is not None:
        pick(chooser, "Class", range(len(CLASSES)), lambda at: CLASSES[at].label, CLASS_SHOWN)
    results = results_for(plan)
    chart("rates", plan)
    chart("need", plan, "People prescribed, class by class")
    lazy_panel(RECEIPTS, "receipts", partial(_receipts, results))
    return plan


def ask_about_count(form: Form, at: str, question: CountQuestion) -> None:
    """Ask about a count far from what is expected, and keep that the user says it is right."""
    place = st.container()
    is_right = draw(
        st.checkbox,
        f"{local_count(question.count)} is right as it stands",
        f"confirmed-{at}-{question.count}",
        question.is_answered,
        disabled=may_only_read(),
    )
    if not is_right:
        place.warning(plain(question.words))
    path = f"{at}.confirmed"
    form.set(path, question.count if is_right else None, label_of(form.plan, path))


def _details(form: Form) -> DeltaGenerator:
    """What stands behind the count of one class at a time, so that the page stays light. Gives the
    place for the list of them."""
    chooser = st.container()
    at = f"prescribing.classes.{displayed_entry(CLASS_SHOWN, range(len(CLASSES)), 0)}"
    counted = partial(
        form.choice,
        f"{at}.counted",
        [None, *Basis],
        lambda basis: "Not said" if basis is None else capital(basis.label),
        help="A rate is given only where this is the population chosen above, or is not said.",
    )
    over = partial(
        form.choice,
        f"{at}.counted_over",
        list(CountedOver),
        lambda over: capital(over.label),
        help=(
            "A quarter's or a month's people are fewer than a year's, and are brought up to them."
        ),
    )
    rung = partial(
        form.choice,
        f"{at}.step_down_to",
        [None, *(rung.value for rung in Rung if rung >= Rung.ITEMS)],
        lambda rung: (
            "The best that is known" if rung is None else f"No better than: {Rung(rung).label}"
        ),
        help="You may step down, for instance where a file is in doubt.",
    )
    form.columns(
        [f"{at}.period", counted, over, f"{at}.items"],
        [f"{at}.source", rung, f"{at}.items_period", f"{at}.quantity"],
    )
    form.field(f"{at}.long_term_share")
    return chooser


def _high_dose(form: Form) -> None:
    threshold = partial(
        form.choice,
        "prescribing.high_dose_threshold_mg",
        [90, 120],
        lambda mg: f"{mg} mg and over",
        help=(
            "The Faculty of Pain Medicine and, since November 2025, OpenPrescribing use 90 mg. "
            "The framework and earlier figures use 120 mg."
        ),
    )
    form.columns(
        [threshold],
        ["prescribing.high_dose_opioid_patients"],
        ["prescribing.high_dose_period"],
    )


def _finding(results: Results) -> None:
    need = results.need
    if need.people is None:
        st.warning(f"The total cannot be given: {need.missing_because}.")
        return
    st.info(
        f"About {format_range(need.people)} people are prescribed at least one of these classes "
        "in a year (modelled: the "
        f"classes added up, less people on several), {format_range(need.long_term_people)} of "
        "them for a year or more. "
        f"{_new_users(need)}{_rungs_in_words(need)}"
    )
    for row in need.classes:
        if (
            row.beside_england
            and row.england_rate
            and row.interval
            and row.rate_shown != "not shown"
        ):
            st.markdown(
                f"- {plain(capital(row.medicine_class.label))}: "
                f"{plain(per_thousand(row.interval))} per 1,000, {row.beside_england} "
                f"{plain(rounded(row.england_rate.value, 1))} ({plain(row.england_rate.period)}). "
                "Age and sex are "
                "not allowed for."
            )


def _new_users(need: Need) -> str:
    """How many become long-term opioid users, where the plan covers opioids."""
    new = need.new_long_term_opioids
    if new is None:
        return ""
    return (
        f"About {people(two_figures(new.central))} people become long-term opioid users each year, "
        "so prevention belongs in the plan. "
    )


def _rungs_in_words(need: Need) -> str:
    """What the classes rest on, and what would bring the first of them nearer to this place."""
    resting: dict[str, list[str]] = {}
    for row in need.classes:
        resting.setdefault(row.rung_label, []).append(row.medicine_class.label)
    words = [
        f"{capital(label)}: {'every class' if len(resting) == 1 else listed(names)}."
        for label, names in resting.items()
    ]
    wanted = next((row for row in need.classes if row.rung_asks), None)
    if wanted:
        what = BY_KEY[wanted.rung_asks].missing.format(of=wanted.medicine_class.label)
        words.append(f"To come nearer to this place, give {what}.")
    return " ".join(words)


def _receipts(results: Results) -> None:
    receipts_table(
        need_receipts(results), "People prescribed and likely to come, each with its receipt"
    )
    classes = tables.prescribing(results.need, load_library())
    table(
        classes.only("Class", "People", "Rests on", "Kind and source", "How", "Cautions"),
        in_panel=False,
    )
