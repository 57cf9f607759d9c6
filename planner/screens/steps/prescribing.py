"""Step 3: which population is counted, and how many people are prescribed each class."""

from collections.abc import Callable

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.formatting import format_range, listed, rounded
from planner.analysis.population.need import Need
from planner.analysis.results.provenance import need_receipts
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import capital, per_thousand
from planner.documents import tables
from planner.model.plan import Plan
from planner.model.prescribing import Basis, CountedOver, MedicineClass, Rung
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.form import Form, displayed_entry, help_above, pick
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.page import chart, draw_finding_first
from planner.screens.ui.panels import lazy_panel
from planner.screens.ui.session import results_for
from planner.screens.ui.tables import RECEIPTS, receipts_table, table

# Pixels; wraps where there is less room.
NAME_WIDTH = 280
CLASS_SHOWN = "class-details-of"
CLASSES = tuple(MedicineClass)


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    found_first = draw_finding_first(_finding, plan)
    form = Form(plan)
    st.header("Population", anchor=False)
    form.choice(
        "population.basis",
        "Whom do the rates and costs per head count?",
        list(Basis),
        lambda basis: basis.label[0].upper() + basis.label[1:],
        help="Every rate here uses this population. Two populations are never mixed.",
    )
    with lazy_panel("Use your own population figure", "own-population") as is_open:
        if is_open:
            one, two, three = st.columns(3)
            with one:
                form.field("population.entered")
            with two:
                form.text("population.period", max_chars=300, placeholder="mid-2024")
            with three:
                form.text("population.source", "Source", max_chars=300)
    st.header("People prescribed each class in a year", anchor=False)
    st.markdown(help_above("prescribing.classes.0.patients"))
    for place, medicine_class in enumerate(CLASSES):
        _class_fields(form, place, medicine_class)
    choose_class = _details(form)
    with lazy_panel("High-dose opioids", "high-dose") as is_open:
        if is_open:
            one, two, three = st.columns(3)
            with one:
                form.choice(
                    "prescribing.high_dose_threshold_mg",
                    "Threshold, mg of oral morphine equivalent a day",
                    [120, 90],
                    lambda mg: f"{mg} mg and over",
                    help="The framework and national comparators use 120 mg. Guidance has since moved to 90 mg.",
                )
            with two:
                form.field("prescribing.high_dose_opioid_patients")
            with three:
                form.text(
                    "prescribing.high_dose_period",
                    "Period of the count",
                    max_chars=300,
                    placeholder="March 2026",
                )
    plan = form.revised()
    found_first(plan)
    choose_class()
    results = results_for(plan)
    chart("rates", plan)
    chart("need", plan, "People prescribed, class by class")
    _receipts(results)
    return plan


def _class_fields(form: Form, place: int, medicine_class: MedicineClass) -> None:
    """Whether a class is in the plan, and its count: what is looked for first."""
    name = medicine_class.label[0].upper() + medicine_class.label[1:]
    at = f"prescribing.classes.{place}"
    with st.container(border=True, horizontal=True):
        form.tick(f"{at}.included", f"{name} are in this plan", width=NAME_WIDTH)
        form.field(f"{at}.patients", placeholder="Items stand in for it")


def _details(form: Form) -> Callable[[], None]:
    """What stands behind the count of one class at a time, so that the page stays light. Gives what
    draws the list of them."""
    with lazy_panel(
        "Period, source, items and long-term share of a class", "class-details"
    ) as is_open:
        if is_open:
            chooser = st.container()
            place = displayed_entry(CLASS_SHOWN, range(len(CLASSES)), 0)
            at, words = f"prescribing.classes.{place}", CLASSES[place].label
            one, two = st.columns(2)
            with one:
                form.text(
                    f"{at}.period",
                    f"Period of the count, {words}",
                    max_chars=300,
                    placeholder="2024/25",
                )
                form.choice(
                    f"{at}.counted",
                    f"Whom the count is of, {words}",
                    [None, *Basis],
                    lambda basis: (
                        "Not said" if basis is None else basis.label[0].upper() + basis.label[1:]
                    ),
                    help="A rate is given only where this is the population chosen above, or is not said.",
                )
                form.choice(
                    f"{at}.counted_over",
                    f"Over how long people were counted, {words}",
                    list(CountedOver),
                    lambda over: capital(over.label),
                    help="A quarter's or a month's people are fewer than a year's, and are brought up to them.",
                )
                form.field(f"{at}.items")
            with two:
                form.text(f"{at}.source", f"Source, {words}", max_chars=300)
                form.text(
                    f"{at}.items_period",
                    f"Period of the items, {words}",
                    max_chars=300,
                    placeholder="2024/25",
                )
                form.choice(
                    f"{at}.step_down_to",
                    f"What {words} rest on",
                    [None, *(rung for rung in Rung if rung >= Rung.ITEMS)],
                    lambda rung: (
                        "The best that is known"
                        if rung is None
                        else f"No better than: {Rung(rung).label}"
                    ),
                    help="You may step down, for instance where a file is in doubt. The best that is known is used otherwise.",
                )
            form.field(f"{at}.long_term_share")

    def choose() -> None:
        if is_open:
            with chooser:
                pick("Class", range(len(CLASSES)), lambda at: CLASSES[at].label, CLASS_SHOWN)

    return choose


def _finding(results: Results) -> None:
    need = results.need
    if need.people is None:
        st.warning(f"The total cannot be given: {need.missing_because}.")
        return
    st.info(
        f"About {format_range(need.people)} people are prescribed at least one of these classes in a year (modelled: the "
        f"classes added up, less people on several), {format_range(need.long_term_people)} of them for a year or more. "
        f"{_rungs_in_words(need)}"
    )
    for row in need.classes:
        if (
            row.beside_england
            and row.england_rate
            and row.interval
            and row.rate_shown != "not shown"
        ):
            st.markdown(
                f"- {plain(row.medicine_class.label[0].upper() + row.medicine_class.label[1:])}: "
                f"{plain(per_thousand(row.interval))} per 1,000, {row.beside_england} "
                f"{plain(rounded(row.england_rate.value, 1))} ({plain(row.england_rate.period)}). Age and sex are "
                "not allowed for."
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
    asked = next((row for row in need.classes if row.rung_asks), None)
    if asked:
        what = BY_KEY[asked.rung_asks].missing.format(of=asked.medicine_class.label)
        words.append(f"Better still: {what}.")
    return " ".join(words)


def _receipts(results: Results) -> None:
    with lazy_panel(RECEIPTS, "receipts") as is_open:
        if is_open:
            receipts_table(
                need_receipts(results),
                "People prescribed and likely to come, each with its receipt",
            )
            classes = tables.prescribing(results.need, load_library())
            table(
                classes.only("Class", "People", "Rests on", "Kind and source", "How", "Cautions"),
                in_panel=False,
            )
