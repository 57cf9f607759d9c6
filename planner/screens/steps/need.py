"""Step 1: which board the plan is for, and how many people are prescribed each class."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY, label_at
from planner.analysis.formatting import (
    Unit,
    capital,
    format_number,
    format_range,
    local_count,
    people,
    percent,
    rounded,
    two_figures,
)
from planner.analysis.population.ladder import NOT_USED
from planner.analysis.population.need import ClassNeed, Need
from planner.analysis.population.neighbours import METHOD, neighbour_words, rates_like_here
from planner.analysis.population.plausibility import (
    CountQuestion,
    count_questions,
    without_counts,
)
from planner.analysis.results.provenance import need_provenance, place_provenance
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import per_thousand
from planner.documents import tables
from planner.model.base import LARGEST_COUNT, ShareRange
from planner.model.place import OrganisationList
from planner.model.plan import Plan
from planner.model.prescribing import (
    Basis,
    ClassPrescribing,
    CountedOver,
    CountOf,
    MedicineClass,
    Rung,
)
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.steps.board import after_a_move, board_box, choose_list
from planner.screens.ui.display import (
    PROVENANCE_TITLE,
    bullets,
    chart,
    lazy_panel,
    provenance_panel,
    provenance_table,
    small,
    table,
    tabs,
)
from planner.screens.ui.findings import rests_on
from planner.screens.ui.form import Form, displayed_entry, draw, pick
from planner.screens.ui.markup import plain
from planner.screens.ui.page_book import leave_for
from planner.screens.ui.plan_state import icb_is_open
from planner.screens.ui.session import field_key, results_for
from planner.screens.ui.streamlit_compat import DeltaGenerator
from planner.screens.ui.typed import share, share_text

CLASSES = tuple(MedicineClass)
CLASS_VIEW = "class-details-of"
COUNTS = "prescribing.classes."
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "A month's": {"counted_over": CountedOver.MONTH},
    "One medicine's": {"count_of": CountOf.ONE_MEDICINE},
    "Long term only": {"count_of": CountOf.LONG_TERM},
}
"""What a count far from what is expected may be, and what the plan then says of it."""
AS_COUNTED: Mapping[str, Any] = {
    "counted_over": CountedOver.YEAR,
    "count_of": CountOf.CLASS,
    "confirmed": None,
}


def bring_a_file() -> None:
    """The button that leads to local files and figures fetched."""
    if st.button("Bring a file or fetch", key="bring-a-file"):
        leave_for("local_files")


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    board, population, file = st.columns([5, 4, 3], vertical_alignment="bottom")
    with board:
        plan = board_box(plan, reference)
    if icb_is_open():
        return plan
    with file:
        bring_a_file()
    after_a_move(plan, reference)
    form = Form(plan, _finding)
    with population:
        form.choice(
            "population.basis",
            list(Basis),
            lambda basis: capital(basis.label),
            help="Every rate here uses this population. Two populations are never mixed.",
        )
    expected, like_here = without(form.plan), rates_like_here(form.plan, reference)
    questions = {one.medicine_class: one for one in count_questions(form.plan, reference)}
    with st.container(gap="xsmall", key="by-class"):
        for row in results_for(form.plan).need.classes:
            of, place = row.medicine_class, CLASSES.index(row.medicine_class)
            count, share_of, words = st.columns([4, 3, 6], vertical_alignment="bottom")
            with count:
                count_box(form, place, expected)
            with share_of:
                form.share(
                    f"{COUNTS}{place}.long_term_share",
                    f"On {of.label} a year or more, %",
                    placeholder=share_text(round(row.long_term_share.values.central, 2)),
                )
            words.markdown(_of_the_class(row, expected.of(of), like_here.get(of)))
            ask_about_count(form, place, questions.get(of))
    small("Rates are crude: age and sex are not allowed for. A box left empty counts as the grey "
               "number in it.")  # fmt: skip
    chooser = lazy_panel(
        "How a class is counted: period, source, people, items, range of the long-term share",
        "class-details",
        partial(_details, form, reference),
    )
    lazy_panel("Classes in this plan; high-dose opioids", "classes", partial(_classes, form))
    lazy_panel("Older list of boards, your own population", "place", partial(_place, form))
    form.columns(["place.area"], ["author"])
    plan = form.done()
    if chooser is not None:
        pick(chooser, "Class", range(len(CLASSES)), lambda at: CLASSES[at].label, CLASS_VIEW)
    results = results_for(plan)
    tabs(
        "need",
        {
            "Class by class": lambda: chart("need", plan, "People prescribed, class by class"),
            "Beside England": lambda: chart("rates", plan),
            "Boards like this one": partial(_boards, results),
            "The board": partial(_the_board, results),
            "Region's items": lambda: bullets(trend.finding for trend in results.region_trends),
            PROVENANCE_TITLE: partial(_provenance, results),
        },
    )
    return plan


def without(plan: Plan) -> Need:
    """Need as it would be without the plan's local counts of people."""
    return results_for(without_counts(plan)).need


def count_box(form: Form, place: int, expected: Need) -> None:
    """The count of one class, with what the ladder gives in its place in grey. More people than the
    population it is over cannot be."""
    row, alone = form.plan.prescribing.classes[place], expected.of(CLASSES[place])
    label = label_at(f"{COUNTS}{place}.patients")
    label = label.replace(CountedOver.YEAR.label, row.counted_over.label)
    over = expected.population
    form.figure(
        f"{COUNTS}{place}.patients",
        label,
        most=over.value if row.counted in (None, over.basis) else LARGEST_COUNT,
        placeholder=people(alone.patients.central) if alone and alone.patients else "",
    )


def ask_about_count(form: Form, place: int, question: CountQuestion | None) -> None:
    """Ask about a count far from what is expected, with a button for each answer; what was answered
    can be taken back."""
    row = form.plan.prescribing.classes[place]

    def press(words: str, answer: Mapping[str, Any]) -> None:
        changes = {f"{COUNTS}{place}.{name}": value for name, value in answer.items()}
        form.press(words, f"answer-{place}-{words}", changes)

    note = _place_of(row)
    if question is not None and not question.is_answered:
        st.warning(plain(question.words))
        with st.container(horizontal=True):
            # One that is a month's already is said not to be by taking that back, below.
            answers = [
                (words, answer)
                for words, answer in ANSWERS.items()
                if any(getattr(row, name) != value for name, value in answer.items())
            ]
            for words, answer in [*answers, ("It is right", {"confirmed": row.patients})]:
                press(words, answer)
    elif question is not None:
        note = f"You said that {local_count(question.count)} is right."
    if note:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[{plain(note)}]", width="content")
            press("Take that back", AS_COUNTED)


def _place_of(row: ClassPrescribing) -> str:
    """What a count was said to be, where it is anything but a year's people on the class."""
    if row.patients is None or (row.count_of, row.counted_over) == (
        CountOf.CLASS,
        CountedOver.YEAR,
    ):
        return ""
    if row.count_of is CountOf.CLASS:
        note = f"people in {row.counted_over.label}, and brought up to a year's"
    else:
        note = f"{row.count_of.label} ({row.medicine_class.label}), and not taken for the class"
    return f"Your {local_count(row.patients)} is kept as {note}."


def _of_the_class(row: ClassNeed, alone: ClassNeed | None, like: tuple[float, float] | None) -> str:
    """What one class comes to and rests on, and its rate beside England and boards like this."""
    first = f"**{plain(row.display(row.patients))}** {plain(row.rung_label)}"
    if row.missing_because:
        first = plain(f"{capital(row.missing_because)}.")
    elif alone and row.rung != alone.rung and alone.patients:
        first += f"; without it {plain(format_range(alone.patients))} {alone.rung_label}"
    rates = [row.rate_in_words if row.interval is None else per_thousand(row.interval)]
    if row.rate_in_words == "not shown":
        rates = ["not shown, as the count is small"]
    if row.england_rate is not None:
        than = (
            f"{row.beside_england} " if row.is_judged and row.rate_in_words != "not shown" else ""
        )
        england = f"{rounded(row.england_rate.value, 1)} ({row.england_rate.period})"
        rates.append(f"{than or 'England '}{england}")
    if like is not None:
        rates.append(f"boards like this one {rounded(like[0])} to {rounded(like[1])}, modelled")
    second = f"  \nPer 1,000: {plain('; '.join(rates))}." if row.rate is not None else ""
    # Said at the count, lest it look as if it were used.
    unused = (f"  \n{plain(words)}" for words in row.cautions if words.startswith(NOT_USED))
    return f":small[{first}{second}{''.join(unused)}]"


def _details(form: Form, reference: ReferenceData) -> DeltaGenerator:
    """What stands behind the count of one class at a time, so that the page stays light. Gives the
    place for the list of them."""
    chooser = st.container()
    place = displayed_entry(CLASS_VIEW, range(len(CLASSES)), 0)
    at = f"{COUNTS}{place}"
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
    of = partial(form.choice, f"{at}.count_of", list(CountOf), lambda of: capital(of.label))
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
        [f"{at}.source", of, rung, f"{at}.items_period", f"{at}.quantity"],
    )
    _range_of_the_share(form, place, reference)
    return chooser


def _range_of_the_share(form: Form, place: int, reference: ReferenceData) -> None:
    """The low and high about a long-term share of the place's own: none, the published spread, or
    its own. One end alone leaves the other at the share itself."""
    path = f"{COUNTS}{place}.long_term_share"
    own = form.plan.prescribing.classes[place].long_term_share
    if own is None:
        return
    middle, words = own.central, "no range given; it is taken as it is"
    if own.low != own.high:
        words = f"from {percent(own.low)} to {percent(own.high)}"
    st.markdown(f"Long-term share {percent(middle)}: {words}.")
    ends: dict[str, float] = {}
    for end, column in zip(("low", "high"), st.columns(2), strict=True):
        label = f"{capital(end)} of the long-term share, %"
        at = getattr(own, end)
        # Another share has boxes of its own, so that they hold nothing of the one before.
        key = field_key(f"{path}.{end}.{middle}")
        with column:
            typed = draw(st.text_input, label, key, "" if at == middle else share_text(at))
            try:
                ends[end] = share(typed) or middle
            except ValueError as error:
                form.refuse(label, str(error))
                return
    low, high = ends["low"], ends["high"]
    if not low <= middle <= high:
        form.refuse("Range of the long-term share", f"it must hold the share, {percent(middle)}")
    else:
        form.set(
            path, ShareRange(low=low, central=middle, high=high), "Range of the long-term share"
        )
    least, most = (
        reference.default(f"long_term_{CLASSES[place].value}{end}")
        / reference.default(f"long_term_{CLASSES[place].value}")
        * middle
        for end in ("_low", "_high")
    )
    published = ShareRange(low=least, central=middle, high=min(1.0, most))
    with st.container(horizontal=True):
        form.press(
            f"Use the published spread, {percent(least)} to {percent(published.high)}",
            f"spread-{place}",
            {path: published},
        )
        form.press("Give no range", f"no-range-{place}", {path: middle})


def _classes(form: Form) -> None:
    """Which classes the plan is about, and people on high doses."""
    form.columns(
        *(
            [partial(form.tick, f"{COUNTS}{place}.included", capital(of.label))]
            for place, of in enumerate(CLASSES)
        )
    )
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
        vertical_alignment="bottom",
    )


def _place(form: Form) -> None:
    """What few need: the older list of boards, and a population of one's own."""
    choose_list(form.plan)
    form.columns(["population.entered"], ["population.period"], ["population.source"])


def _finding(results: Results) -> None:
    """The total with the sentence to say, what it rests on, and what would bring it nearer."""
    need = results.need
    if need.people is None or need.missing_because:
        st.warning(plain(f"The total cannot be given: {need.missing_because}."))
        return
    new, nearer = "", ""
    if need.new_long_term_opioids is not None:
        count = people(two_figures(need.new_long_term_opioids.central))
        new = f" About {count} people become long-term opioid users each year."
    wanted = next((row for row in need.classes if row.rung_asks), None)
    if wanted is not None:
        asks = BY_KEY[wanted.rung_asks].missing.format(of=wanted.medicine_class.label)
        nearer = f" Next: {asks}."
    adults = format_number(need.population.value / need.people.central, Unit.COUNT)
    st.info(
        f"In {plain(results.figures_of)} about **{format_range(need.people)}** people are "
        f"prescribed at least one of these classes in a year, 1 in {adults} "
        f"{need.population.basis.label}; **{format_range(need.long_term_people)}** of them for a "
        f"year or more.{new}\n\n:small[{rests_on(need)}{plain(nearer)}]"
    )


def _boards(results: Results) -> None:
    """The boards most like this one, how they were found, and where this board stands among all."""
    small("Nearest first. The number says how far two boards stand apart, in standard deviations: "
          "at 0 they would be the same.")  # fmt: skip
    bullets(neighbour_words(results.neighbours))
    lazy_panel("How it is worked out which boards are alike", "alike", lambda: small(METHOD))
    if results.standings:
        st.write("Crude rates from the files you brought; a rank is no verdict on anyone.")
        bullets(row.finding for row in results.standings)


def _the_board(results: Results) -> None:
    """The board's populations and its sub-ICB locations."""
    organisation = results.organisation
    provenance_table(place_provenance(results), "Populations of the board, each with its receipt")
    if results.boundary_change:
        small(results.boundary_change.finding)
    lazy_panel(
        f"Sub-ICB locations of {organisation.name} with their populations",
        "sub-icbs",
        partial(_sub_icbs, results),
    )


def _sub_icbs(results: Results) -> None:
    organisation, index = results.organisation, results.plan.inequality.deprivation_index
    older = organisation.organisation_list is OrganisationList.TO_MARCH_2026
    table(
        [
            {
                "Sub-ICB location": part.name,
                "Resident adults": f"{part.resident_adults:,}",
                "Aged 65 and over": f"{part.residents_65plus:,}",
                f"In the most deprived fifth, {index}": percent(
                    results.reference.people_of(part, index).shares[0]
                ),
                "Registered, all ages": f"{part.registered_all_ages:,}",
                "Shared": "yes, with another board"
                if not older and " " in part.icb_after
                else "no",
            }
            for part in results.reference.sub_icbs
            if organisation.code in (part.icb_before if older else part.icb_after).split()
        ],
        f"Sub-ICB locations of {organisation.name} with their populations",
        in_panel=False,
    )


def _provenance(results: Results) -> None:
    words = "People prescribed and likely to come, each with its receipt"
    provenance_panel(lambda: need_provenance(results), words, title=words)
    classes = tables.prescribing(results.need, load_library())
    lazy_panel(
        "Each class: what its number rests on, and how it was reached",
        "rests-on",
        lambda: table(
            classes.only("Class", "People", "Rests on", "Kind and source", "How", "Cautions"),
            in_panel=False,
        ),
    )
