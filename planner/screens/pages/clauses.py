"""A page beside the steps: which clauses and indicators stand, in whose words, and what the framework asks that they meet."""

from typing import Any

import streamlit as st

from planner.documents.clauses_in_force import ClauseInForce, clauses_in_force
from planner.documents.indicators import baseline
from planner.documents.sections.clauses import Covered, coverage
from planner.model.clause_choices import IndicatorChoice
from planner.model.edit import with_values
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.form import Form, displayed_entry, draw, help_above, hold_incomplete, pick
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.session import field_key, may_change_rows, panel, replace, store_plan
from planner.screens.ui.tables import table

PREFIX = "specification.wording."
CLAUSE, INDICATOR = "wording-clause", "wording-indicator"
OURS, REWORD, OUT = "As the planner has it", "In our own words", "Leave it out"
NEW_CLAUSE = "A clause of our own, still to be written."
NEW_INDICATOR = {
    "name": "New indicator",
    "numerator": "What is counted",
    "denominator": "Over whom",
}


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan as changed."""
    library = load_library()
    finding = st.container()
    before = plan
    at, plan = _indicator_chosen(plan, library)
    # A choice of an indicator comes and goes, and its row with it.
    form = Form(plan, at_once=False)
    change: dict[str, Any] | None = None
    clauses, own, indicators, question = st.tabs(
        ["Clauses", "Clauses of your own", "Indicators", "What the framework asks"]
    )
    with clauses:
        which_clause = st.container()
        _clause(form, plan, library)
    with own:
        change = _own_clauses(form, plan, library, reference)
    with indicators:
        which_indicator = st.container()
        _indicator(form, plan, library, at)
        change = _own_indicators(form, plan, reference) or change
    plan = _pruned(form.revised(), before)
    if change is not None and may_change_rows():
        replace(
            with_values(
                plan, {f"specification.wording.{name}": rows for name, rows in change.items()}
            )
        )
        st.rerun()
    store_plan(plan)
    with which_clause:
        _pick_clause(plan, library)
    with which_indicator:
        _pick_indicator(plan, library)
    result = coverage(plan, library, reference.framework)
    with question:
        _requirements_met(result, reference)
    with finding:
        _finding(result, clauses_in_force(plan, library))
    return plan


def _finding(rows: tuple[Covered, ...], clauses: tuple[ClauseInForce, ...]) -> None:
    met, states = sum(row.is_met for row in rows), [one.state for one in clauses]
    words = (
        f"{met} of the framework's {len(rows)} requirements are met by a clause, an indicator or a task. "
        f"{sum(one.stands for one in clauses)} clauses stand: {states.count('reworded')} in your words, "
        f"{states.count('added')} of your own; {states.count('left out')} left out."
    )
    moved = [one.clause.id for one in clauses if one.ours_moved]
    if moved:
        words += f" Our wording has changed since you wrote yours: {', '.join(moved)}."
    unmet = [row.requirement.id for row in rows if not row.is_met]
    if unmet:
        st.warning(f"{words} Not met: {', '.join(unmet)}.")
    else:
        st.info(words)


def _clause(form: Form, plan: Plan, library: SpecLibrary) -> None:
    """One clause at a time: ours, the plan's own wording, or left out."""
    current = _clauses(plan, library)
    chosen = displayed_entry(CLAUSE, list(current), next(iter(current)))
    one = current[chosen]
    if one.state == "not called for":
        st.info(
            "This clause is not called for by the plan as it stands, so it is not printed. It may still be reworded."
        )
    st.markdown(f"**The planner's wording** (clause {chosen})")
    for line in one.clause.text.strip().split("\n"):
        if line.strip():
            st.markdown(f"- {plain(line[2:])}" if line.startswith("- ") else plain(line))
    if one.clause.table is not None:
        columns = one.clause.table.columns
        table(
            [dict(zip(columns, row, strict=True)) for row in one.clause.table.rows],
            one.clause.table.description,
        )
    st.markdown(f"Meets: {', '.join(one.clause.meets) or 'no requirement by itself'}")
    choice = one.choice
    if one.ours_moved and choice is not None:
        st.warning(
            "The planner's wording has changed since you wrote yours. When you wrote, it was:"
        )
        st.markdown(plain(choice.ours))
    can_reword = bool(one.clause.text.strip())
    key = field_key(f"{PREFIX}{chosen}")
    options = [OURS, *([REWORD] if can_reword else []), OUT]
    start = OURS if choice is None else OUT if choice.left_out else REWORD
    do = draw(st.radio, "In this plan", f"{key}.do", start, options=options, horizontal=True)
    new: dict[str, Any] | None = None
    if do == OUT:
        start = choice.reason if choice else ""
        reason = draw(st.text_input, "Why it is left out", f"{key}.reason", start, max_chars=300)
        new = {"clause": chosen, "left_out": True, "reason": reason or ""}
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
            help="An empty line parts paragraphs; a line that begins with '- ' is a point. Names such as $place are filled "
            "in from the plan; everything else is printed as you type it.",
        )
        if not (text or "").strip():
            hold_incomplete(
                "Your wording is empty. Until it says something, what the plan held is kept."
            )
            return
        if text.strip() != one.clause.text.strip():
            seen = st.checkbox(
                "I have seen the planner's wording as it is now",
                key=f"{key}.seen",
                help="Tick it once the new wording has been read and yours still stands.",
            ) if one.ours_moved else True  # fmt: skip
            ours = one.clause.text if seen or choice is None else choice.ours
            new = {"clause": chosen, "text": text, "ours": ours}
    others = [c.model_dump() for c in plan.specification.wording.clauses if c.clause != chosen]
    before = choice.model_dump() if choice is not None else None
    blank = {"left_out": False, "reason": "", "text": "", "ours": ""}
    after = None if new is None else blank | new
    if before != after:
        form.set(PREFIX + "clauses", (*others, *([after] if after else [])), f"Clause {chosen}")


def _clauses(plan: Plan, library: SpecLibrary) -> dict[str, ClauseInForce]:
    """The planner's clauses as they stand in the plan, by their names."""
    return {one.clause.id: one for one in clauses_in_force(plan, library) if one.state != "added"}


def _pick_clause(plan: Plan, library: SpecLibrary) -> None:
    headings = {
        s.id: f"{o.action}. {s.heading}" for o in library.outlines for s in o.all_sections()
    }
    current = _clauses(plan, library)
    pick(
        "Clause",
        list(current),
        lambda key: (
            f"Action {headings[current[key].clause.section]}: {_begins(current[key])} ({current[key].state})"
        ),
        CLAUSE,
    )


def _pick_indicator(plan: Plan, library: SpecLibrary) -> None:
    current = {one.id: one for one in library.indicators}
    pick(
        "Indicator",
        list(current),
        lambda key: (
            f"{key} {current[key].name}"
            + ("" if current[key].applies(plan) else " (not called for)")
        ),
        INDICATOR,
    )


def _begins(one: ClauseInForce) -> str:
    words = " ".join(one.clause.text.split()) or (
        one.clause.table.caption if one.clause.table else ""
    )
    return words if len(words) <= 60 else f"{words[:58].rstrip()}…"


def _own_clauses(
    form: Form, plan: Plan, library: SpecLibrary, reference: ReferenceData
) -> dict[str, Any] | None:
    sections = {
        s.id: f"Action {o.action}, {s.heading}" for o in library.outlines for s in o.all_sections()
    }
    asks = {r.id: r.asks for r in reference.framework.requirements}
    current, change = plan.specification.wording.own_clauses, None
    st.write(
        "A clause of your own stands under the heading you choose, and is marked for the reviewer."
    )
    for place, own in enumerate(current):
        at = f"{PREFIX}own_clauses.{place}"
        with st.container(border=True):
            form.choice(
                f"{at}.section",
                f"Stands under ({place + 1})",
                list(sections),
                lambda key: sections[key],
            )
            form.text(f"{at}.text", f"Wording ({place + 1})", tall=True, max_chars=10_000)
            form.several(
                f"{at}.meets",
                f"Requirements it meets ({place + 1})",
                list(asks),
                lambda key: f"{key} {asks[key]}",
            )
            if st.button(f"Remove clause {place + 1}", key=f"remove-own-{own.id}"):
                change = {
                    "own_clauses": [c.model_dump() for at, c in enumerate(current) if at != place]
                }
    if st.button("Add a clause", key="add-own-clause"):
        taken = {own.id for own in current} | {clause.id for clause in library.clauses}
        new = next(f"own-{n}" for n in range(1, 1000) if f"own-{n}" not in taken)
        change = {
            "own_clauses": [
                *(c.model_dump() for c in current),
                {"id": new, "section": "a4-description", "text": NEW_CLAUSE},
            ]
        }
    return change


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
    return len(others), _with_choices(plan, (*others, own))


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
    return _with_choices(
        plan, tuple(current[indicator] for indicator in order if indicator in current)
    )


def _with_choices(plan: Plan, choices: tuple[IndicatorChoice, ...]) -> Plan:
    wording = plan.specification.wording.model_copy(update={"indicators": choices})
    return plan.model_copy(
        update={"specification": plan.specification.model_copy(update={"wording": wording})}
    )


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
            "A balancing measure would show unwanted effects. It is always included; the rest may be changed."
        )
    elif form.tick(f"{path}.left_out", "Leave this indicator out"):
        form.text(f"{path}.reason", max_chars=300)
        return
    st.markdown(f"Threshold and baseline: {help_above(f'{path}.baseline')}")
    one, two = st.columns(2)
    with one:
        form.text(f"{path}.threshold", max_chars=300, placeholder=ours.threshold)
        form.text(f"{path}.source", max_chars=300, placeholder=ours.source)
        form.text(
            f"{path}.baseline", "Baseline, if known", max_chars=300, placeholder="such as 41%"
        )
        form.day(f"{path}.baseline_by", "Else, the day by which it is set")
    with two:
        form.text(f"{path}.basis", max_chars=300, placeholder=ours.basis)
        form.text(f"{path}.frequency", max_chars=300, placeholder=ours.frequency)
        form.text(f"{path}.baseline_of", max_chars=300, placeholder="2025/26")
    message = baseline(
        choice.baseline, choice.baseline_of, choice.baseline_by, plan.specification.service_start
    )
    st.markdown(f"Printed as baseline: {plain(message)}")


def _own_indicators(form: Form, plan: Plan, reference: ReferenceData) -> dict[str, Any] | None:
    st.subheader("Indicators of your own", anchor=False)
    asks = {r.id: r.asks for r in reference.framework.requirements}
    current, change = plan.specification.wording.own_indicators, None
    if current:
        st.markdown(f"Threshold and baseline: {help_above(f'{PREFIX}own_indicators.0.baseline')}")
    for place, own in enumerate(current):
        at, number = f"{PREFIX}own_indicators.{place}", own.id
        with st.expander(
            f"{number} {plain(own.name)}", key=panel(f"own-indicator-{place}"), expanded=True
        ):
            one, two = st.columns(2)
            with one:
                form.text(f"{at}.name", f"{number}, name", max_chars=300)
                form.text(f"{at}.numerator", f"{number}, what is counted", max_chars=300)
                form.text(f"{at}.denominator", f"{number}, over whom", max_chars=300)
                form.text(f"{at}.source", f"{number}, source", max_chars=300)
                form.text(f"{at}.frequency", f"{number}, how often", max_chars=300)
            with two:
                form.text(f"{at}.threshold", f"{number}, threshold", max_chars=300)
                form.text(f"{at}.basis", f"{number}, why this threshold", max_chars=300)
                form.text(f"{at}.baseline", f"{number}, baseline, if known", max_chars=300)
                form.text(f"{at}.baseline_of", f"{number}, period of the baseline", max_chars=300)
                form.day(f"{at}.baseline_by", f"{number}, else the day by which it is set")
            form.tick(f"{at}.equity", f"{number}, reported for equity")
            form.several(
                f"{at}.meets",
                f"{number}, requirements it meets",
                list(asks),
                lambda key: f"{key} {asks[key]}",
            )
            if st.button(f"Remove {number}", key=f"remove-{number}"):
                change = {"own_indicators": [i.model_dump() for i in current if i.id != number]}
    if st.button("Add an indicator", key="add-own-indicator"):
        taken = {own.id for own in current}
        new = next(f"L{n}" for n in range(1, 100) if f"L{n}" not in taken)
        change = {
            "own_indicators": [*(i.model_dump() for i in current), NEW_INDICATOR | {"id": new}]
        }
    return change


def _requirements_met(entries: tuple[Covered, ...], reference: ReferenceData) -> None:
    """The coverage matrix, one action at a time, what is not met first."""
    names = {
        action.number: f"Action {action.number}: {action.title}"
        for action in reference.framework.actions
    }
    action = st.selectbox(
        "Action", list(names), format_func=lambda n: names[n], index=3, key="wording-action"
    )
    rows = sorted((row for row in entries if row.action == action), key=lambda row: row.is_met)
    st.write(
        f"{sum(row.is_met for row in rows)} of {len(rows)} are met. What is not met stands first."
    )
    table(
        [
            {"Requirement": r.requirement.id, "What it asks": r.requirement.asks, "Met by": r.words}
            for r in rows
        ],
        f"Each requirement of action {action} with what meets it, or why nothing does",
    )
