"""Of step 5: which clauses and indicators stand, in whose words, and what they meet."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.formatting import listed
from planner.documents.clauses_in_force import ClauseInForce, clauses_in_force, unknown_names
from planner.documents.context import context_for
from planner.documents.coverage import Covered, coverage, met_by_strength, strengths_in_words
from planner.documents.indicators import baseline
from planner.documents.sections.clauses import as_printed, clause_blocks, fill_in
from planner.model.clause_choices import IndicatorChoice
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.edit import with_value
from planner.model.library import MAIN, CoverageState, SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.display import bullets, lazy_panel, table
from planner.screens.ui.form import Form, displayed_entry, draw, help_words, hold_incomplete, pick
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import may_only_read
from planner.screens.ui.session import field_key, panel, results_for, wording_of
from planner.screens.ui.streamlit_compat import DeltaGenerator
from planner.screens.ui.typed import without_a_patient

PREFIX = "specification.wording."
CLAUSE, INDICATOR = "wording-clause", "wording-indicator"
OURS, REWORD, OUT = "As the planner has it", "In your own words", "Leave it out"
STATE_WORDS = {"ours": "the planner's", "reworded": "yours"}
HOW_WORDED = (
    "An empty line parts paragraphs; a line that begins with '- ' is a point. Names such as $place "
    "are filled in from the plan; everything else is printed as you type it."
)
NEW_CLAUSE = "A clause of your own, still to be written."
NEW_INDICATOR = {
    "name": "New indicator",
    "numerator": "What is counted",
    "denominator": "Over whom",
}


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the tab and return the plan as changed."""
    library = load_library()
    finding = st.container()
    before = plan
    at, plan = _indicator_chosen(plan, library)
    # A choice of an indicator comes and goes, and its row with it.
    form = Form(plan, at_once=False)
    clauses, own, indicators, question = st.tabs(
        ["Clauses", "Clauses of your own", "Indicators", "What the framework asks"]
    )
    asks = {r.id: f"{r.id} {r.asks}" for r in reference.framework.requirements}
    with clauses:
        which_clause = st.container()
        answer, printed = st.columns(2)
        with answer:
            chosen = _clause(form, plan, library)
    with own:
        previews = _own_clauses(form, plan, library, asks)
    with indicators:
        which_indicator = st.container()
        _indicator(form, plan, library, at)
        _own_indicators(form, plan, asks)
    plan = form.done(partial(_pruned, before=before))
    results = results_for(plan)
    values = context_for(MAIN[4], results, reference, library).words
    _pick_clause(which_clause, plan, library, values)
    _pick_indicator(which_indicator, plan, library)
    for clause, place in {chosen: printed, **previews}.items():
        with place:
            st.markdown("**As the document prints it**")
            draw_blocks(as_printed(clause, results, reference, library))
    with printed:
        _planners(_clauses(plan, library)[chosen], values)
    result = coverage(plan, library, reference.framework)
    with finding:
        _finding(result, clauses_in_force(plan, library))
    with question:
        _requirements_met(result, reference)
    return plan


def faults(plan: Plan) -> list[str]:
    """What is wrong with the plan's own wording, clause by clause."""
    return [
        f"clause {one.clause.id}: {misnamed(one.unknown)}"
        for one in clauses_in_force(plan, load_library())
        if one.unknown
    ]


def _finding(rows: tuple[Covered, ...], clauses: tuple[ClauseInForce, ...]) -> None:
    states = [one.state for one in clauses]
    words = (
        f"Of what the framework asks, a clause, an indicator or a task meets "
        f"{met_by_strength(rows)}. "
        f"{sum(one.stands for one in clauses)} clauses stand: {states.count('reworded')} in your "
        "words, "
        f"{states.count('added')} of your own; {states.count('left out')} left out."
    )
    moved = [one.clause.id for one in clauses if one.ours_moved]
    if moved:
        words += f" The planner's wording has changed since you wrote yours: {', '.join(moved)}."
    unmet = [row.requirement.id for row in rows if not row.is_met]
    answered = {key for one in clauses for key in one.clause.meets}
    unanswered = [key for key in unmet if key not in answered]
    if unanswered:
        words += f" No clause answers {listed(unanswered)}."
    # What the plan has let go of is a warning; what no clause ever answered is told all the same.
    lost = [key for key in unmet if key in answered]
    if lost:
        st.warning(f"{words} Not met: {listed(lost)}.")
    else:
        st.info(words)


def _why_not_printed(one: ClauseInForce) -> str:
    """Why the plan as it stands does not call for a clause, or what is to be asked first."""
    if one.unstated:
        return (
            f"Whether this clause applies turns on {listed([f.value for f in one.unstated])}, of "
            "which the preferred option says nothing. Until it does, the question to its provider "
            "is printed in the clause's place."
        )
    if one.state == "not called for":
        return (
            "This clause is not called for by the plan as it stands, so it is not printed. It may "
            "still be reworded."
        )
    return ""


def _clause(form: Form, plan: Plan, library: SpecLibrary) -> str:
    """One clause at a time: the planner's, the plan's own wording, or left out. Gives its id."""
    current = _clauses(plan, library)
    chosen: str = displayed_entry(CLAUSE, list(current), next(iter(current)))
    one = current[chosen]
    choice = one.choice
    key = field_key(wording_of(chosen))
    why = _why_not_printed(one)
    if why:
        st.info(why)
    if one.unknown:
        st.error(f"The planner's wording is printed: {plain(misnamed(one.unknown))}.")
    can_reword = bool(one.clause.text.strip())
    options = [OURS, *([REWORD] if can_reword else []), OUT]
    start = OURS if choice is None else OUT if choice.left_out else REWORD
    do = draw(st.radio, "In this plan", f"{key}.do", start, options=options, horizontal=True)
    new: dict[str, Any] | None = None
    if do == OUT:
        start = choice.reason if choice else ""
        reason = draw(st.text_input, "Why it is left out", f"{key}.reason", start, max_chars=300)
        try:
            new = {"left_out": True, "reason": without_a_patient(reason)}
        except ValueError as error:
            form.refuse("Why it is left out", str(error))
            return chosen
        if not (reason or "").strip():
            st.warning(
                "Give the reason: it is printed beside each requirement that is then not met."
            )
    elif do == REWORD:
        text = draw(
            st.text_area,
            "Your wording",
            f"{key}.text",
            choice.text if choice and choice.text else one.clause.text,
            max_chars=10_000,
            height=220,
            help=HOW_WORDED,
        )
        try:
            text = with_known_names(text)
        except ValueError as error:
            form.refuse("Your wording", str(error))
            return chosen
        if not text.strip():
            hold_incomplete(
                "Your wording is empty. Until it says something, what the plan held is kept."
            )
            return chosen
        if text.strip() != one.clause.text.strip():
            seen = st.checkbox(
                "I have seen the planner's wording as it is now",
                key=f"{key}.seen",
                help="Tick it once the new wording has been read and yours still stands.",
                disabled=may_only_read(),
            ) if one.ours_moved else True  # fmt: skip
            ours = one.clause.text if seen or choice is None else choice.ours
            new = {"text": text, "ours": ours}
    meets = listed(list(one.clause.meets)) or "no requirement by itself"
    st.markdown(f"Of the framework it meets {meets}.")
    before = choice.model_dump() if choice is not None else None
    blank = {"clause": chosen, "left_out": False, "reason": "", "text": "", "ours": ""}
    after = None if new is None else blank | new
    if after != before:
        others = (c for c in plan.specification.wording.clauses if c.clause != chosen)
        form.set(PREFIX + "clauses", (*others, *([after] if after else [])), f"Clause {chosen}")
    return chosen


def with_known_names(text: str | None) -> str:
    """Wording as typed. Raises ValueError, in words, where it uses a name that nothing fills in, or
    tells of a patient."""
    typed = without_a_patient(text)
    unknown = unknown_names(typed, load_library())
    if unknown:
        raise ValueError(misnamed(unknown))
    return typed


def misnamed(unknown: Mapping[str, str]) -> str:
    """Names that nothing fills in, each with the nearest that something does."""
    return "; ".join(
        f"${name} is not a name that is filled in" + (f", perhaps ${near} is meant" if near else "")
        for name, near in unknown.items()
    )


def _planners(one: ClauseInForce, values: dict[str, str]) -> None:
    """The planner's wording beside the plan's own: as it is, and as it was where it has moved."""
    if one.state in ("reworded", "left out") or one.unknown:
        with st.expander("The planner's wording", key=panel("planners-wording")):
            draw_blocks(clause_blocks(one.clause.text, one.clause.table, values))
    if one.ours_moved and one.choice is not None:
        st.warning(
            "The planner's wording has changed since you wrote yours. When you wrote, it was:"
        )
        draw_blocks(clause_blocks(one.choice.ours, None, values, ours=False))


def draw_blocks(blocks: Sequence[Block]) -> None:
    """What a document prints, on the page; or that it prints nothing."""
    if not blocks:
        st.markdown("Nothing: it is not printed.")
    for block in blocks:
        if isinstance(block, Table):
            table(block, in_panel=False)
        elif isinstance(block, Bullets):
            bullets(block.points)
        elif isinstance(block, Paragraph):
            st.markdown(plain(block.text))


def _clauses(plan: Plan, library: SpecLibrary) -> dict[str, ClauseInForce]:
    """The planner's clauses as they stand in the plan, by their names."""
    own = {clause.id for clause in plan.specification.wording.own_clauses}
    rows = clauses_in_force(plan, library)
    return {one.clause.id: one for one in rows if one.clause.id not in own}


def _pick_clause(
    place: DeltaGenerator, plan: Plan, library: SpecLibrary, values: dict[str, str]
) -> None:
    headings = {s.id: f"{o.label}, {s.heading}" for o in library.outlines for s in o.all_sections()}
    current = _clauses(plan, library)
    pick(
        place,
        "Clause",
        list(current),
        lambda key: (
            f"{headings[current[key].clause.section]}: {_begins(current[key], values)} "
            f"({STATE_WORDS.get(current[key].state, current[key].state)})"
        ),
        CLAUSE,
    )


def _pick_indicator(place: DeltaGenerator, plan: Plan, library: SpecLibrary) -> None:
    current = {one.id: one for one in library.indicators}
    pick(
        place,
        "Indicator",
        list(current),
        lambda key: (
            f"{key} {current[key].name}"
            + ("" if current[key].applies(plan) else " (not called for)")
        ),
        INDICATOR,
    )


def _begins(one: ClauseInForce, values: dict[str, str]) -> str:
    """The first words of a clause, names filled in."""
    words = " ".join(fill_in(one.text, values).split()) or (
        one.clause.table.caption if one.clause.table else ""
    )
    return words if len(words) <= 60 else f"{words[:58].rstrip()}…"


def _own_clauses(
    form: Form, plan: Plan, library: SpecLibrary, asks: dict[str, str]
) -> dict[str, DeltaGenerator]:
    """The plan's own clauses. Gives the place of each one's preview, by its id."""
    sections = {s.id: f"{o.label}, {s.heading}" for o in library.outlines for s in o.all_sections()}
    current, places = plan.specification.wording.own_clauses, {}
    st.write(
        "A clause of your own stands under the heading you choose, and is marked for the reviewer."
    )
    for place, own in enumerate(current):
        at = f"{PREFIX}own_clauses.{place}"
        answer, places[own.id] = st.container(border=True).columns(2)
        with answer:
            form.choice(f"{at}.section", list(sections), sections.__getitem__)
            form.text(f"{at}.text", tall=True, read=with_known_names, help=HOW_WORDED)
            form.several(f"{at}.meets", list(asks), asks.__getitem__)
            form.remove_row(at, f"Remove clause {place + 1}", f"remove-own-{own.id}")
    taken = {own.id for own in current} | {clause.id for clause in library.clauses}
    new = next(f"own-{n}" for n in range(1, 1000) if f"own-{n}" not in taken)
    form.add_row(
        PREFIX + "own_clauses",
        "Add a clause",
        "add-own-clause",
        {"id": new, "section": "a4-description", "text": NEW_CLAUSE},
    )
    return places


def _indicator_chosen(plan: Plan, library: SpecLibrary) -> tuple[int, Plan]:
    """The place of the chosen indicator's row, and the plan with that row last, an empty one if it
    had none.

    Last, so that its fields stay the same ones while its row comes and goes.
    """
    ids = [one.id for one in library.indicators]
    chosen = displayed_entry(INDICATOR, ids, ids[0])
    choices = plan.specification.wording.indicators
    others = tuple(one for one in choices if one.indicator != chosen)
    own = next(
        (one for one in choices if one.indicator == chosen), IndicatorChoice(indicator=chosen)
    )
    return len(others), with_value(plan, PREFIX + "indicators", (*others, own))


def _pruned(plan: Plan, before: Plan) -> Plan:
    """The plan without choices that change nothing, the rest in the order they had before."""
    wording = plan.specification.wording
    current = {
        one.indicator: one
        for one in wording.indicators
        if one != IndicatorChoice(indicator=one.indicator)
    }
    order = dict.fromkeys(
        [*(one.indicator for one in before.specification.wording.indicators), *current]
    )
    choices = [current[indicator] for indicator in order if indicator in current]
    return with_value(plan, PREFIX + "indicators", choices)


def _indicator(form: Form, plan: Plan, library: SpecLibrary, at: int) -> None:
    choice = plan.specification.wording.indicators[at]
    chosen, path = choice.indicator, f"{PREFIX}indicators.{at}"
    ours = next(one for one in library.indicators if one.id == chosen)
    table(
        [
            {
                "Counted": ours.numerator,
                "Over": ours.denominator,
                "Source": ours.source,
                "How often": ours.frequency,
                "Threshold": ours.threshold,
                "Its basis": ours.basis,
            }
        ],
        f"Indicator {chosen} as the planner has it",
    )
    if ours.balancing:
        st.info(
            "A balancing measure would show unwanted effects. It is always included; the rest "
            "may be changed."
        )
    elif form.tick(f"{path}.left_out"):
        form.field(f"{path}.reason")
        return
    st.markdown(f"Threshold and baseline: {help_words(f'{path}.baseline', above=True)}")
    threshold, source, basis, frequency = (
        partial(form.text, f"{path}.{name}", placeholder=getattr(ours, name))
        for name in ("threshold", "source", "basis", "frequency")
    )
    form.columns(
        [threshold, source, f"{path}.baseline", f"{path}.baseline_by"],
        [basis, frequency, f"{path}.baseline_of"],
    )
    message = baseline(
        choice.baseline, choice.baseline_of, choice.baseline_by, plan.specification.service_start
    )
    st.markdown(f"Printed as baseline: {plain(message)}")


def _own_indicators(form: Form, plan: Plan, asks: dict[str, str]) -> None:
    st.header("Indicators of your own", anchor=False)
    path, current = PREFIX + "own_indicators", plan.specification.wording.own_indicators
    if current:
        words = help_words(f"{path}.0.baseline", above=True)
        st.markdown(f"Threshold and baseline: {words}")
    for place, own in enumerate(current):
        at = f"{path}.{place}"
        with st.expander(
            f"{own.id} {plain(own.name)}", key=panel(f"own-indicator-{place}"), expanded=True
        ):
            form.columns(
                *(
                    [f"{at}.{name}" for name in names]
                    for names in (
                        ("name", "numerator", "denominator", "source", "frequency"),
                        ("threshold", "basis", "baseline", "baseline_of", "baseline_by"),
                    )
                )
            )
            form.field(f"{at}.equity")
            form.several(f"{at}.meets", list(asks), asks.__getitem__)
            form.remove_row(at, f"Remove {own.id}", f"remove-{own.id}")
    taken = {own.id for own in current}
    new = next(f"L{n}" for n in range(1, 100) if f"L{n}" not in taken)
    form.add_row(path, "Add an indicator", "add-own-indicator", NEW_INDICATOR | {"id": new})


def _requirements_met(entries: tuple[Covered, ...], reference: ReferenceData) -> None:
    """The coverage matrix, one action at a time, a panel for each state, the furthest from done
    first."""
    names = {part.number: part.name for part in reference.framework.parts}
    action = st.selectbox(
        "Action", list(names), format_func=lambda n: names[n], index=4, key="wording-action"
    )
    rows = [row for row in entries if row.action == action]
    st.write(f"In the text: {met_by_strength(rows)}.")
    counts = strengths_in_words(rows)
    for state in reversed(CoverageState):
        about = sorted((row for row in rows if row.state is state), key=lambda row: row.is_met)
        if about:
            lazy_panel(
                f"{state.capitalize()}: {counts[state]}",
                f"asked-{action}-{state}",
                partial(_requirements, about, f"{names[action]}: {state}"),
            )


def _requirements(rows: Sequence[Covered], words: str) -> None:
    table(
        [
            {
                "Requirement": r.requirement.id,
                "Asked of, how strongly": r.requirement.asked_of,
                "What it asks": r.requirement.asks,
                "Done where and when, or missing": r.why,
                "In the text": r.words,
            }
            for r in rows
        ],
        f"{words}. Each requirement with what meets it or why nothing does",
        in_panel=False,
    )
