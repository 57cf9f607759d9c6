"""Part of step 2: what each column of an unknown table holds, as the user says it. No file is read here."""

from typing import Any

import streamlit as st

from planner.intake import mapping as table_mapping
from planner.intake.registry import IntakeError, NotRecognised
from planner.model.intake import COLUMN_MEANINGS, ColumnMapping
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.session import WAITING, store_plan
from planner.screens.ui.tables import table

NOT_USED = "not used"
MOST_SHOWN = 30


def name_columns(result: NotRecognised, plan: Plan) -> Plan:
    """Let the user say what each column of an unknown table holds; the plan remembers it."""
    opened = result.opened
    st.header(plain(opened.name), anchor=False)
    st.warning(plain(f"{result}."))
    st.session_state[WAITING].append(
        plain(f"{opened.name} has not been read. Say what its columns hold, or take it out.")
    )
    try:
        sheet = max(opened.sheets, key=lambda sheet: len(sheet.rows))
        columns = table_mapping.headings(sheet)
        header = table_mapping.header_row(sheet)
    except IntakeError as error:
        st.error(plain(f"{opened.name}: {error}."))
        return plan
    rows = [row + [""] * (len(columns) - len(row)) for row in sheet.rows[header + 1 : header + 7]]
    display = columns[:MOST_SHOWN]
    table(
        [dict(zip(display, row, strict=False)) for row in rows], f"The first rows of {opened.name}"
    )
    guess = table_mapping.suggested(columns)
    meaning: dict[str, str] = {}
    boxes: list[Any] = []
    for place, column in enumerate(display):
        # A row at a time, so that the keyboard goes along and not down.
        if place % 2 == 0:
            boxes = list(st.columns(2))
        with boxes[place % 2]:
            chosen = st.selectbox(
                f"Column '{plain(column)}' holds",
                [NOT_USED, *COLUMN_MEANINGS],
                index=[NOT_USED, *COLUMN_MEANINGS].index(guess.get(column, NOT_USED)),
                format_func=lambda name: COLUMN_MEANINGS.get(name, "Not used"),
                key=f"map-{opened.digest}-{place}",
            )
        if chosen != NOT_USED:
            meaning[column] = chosen
    fixed: dict[str, str] = {}
    if "class" not in meaning.values():
        of = st.selectbox(
            "The whole file is about",
            ["", *(c.value for c in MedicineClass)],
            format_func=lambda name: MedicineClass(name).label if name else "Choose a class",
            key=f"map-class-{opened.digest}",
        )
        if of:
            fixed["class"] = of
    if "period" not in meaning.values():
        period = st.text_input(
            "Period of the whole file, such as 2024/25 or 2025-03",
            key=f"map-period-{opened.digest}",
            max_chars=60,
        )
        if period.strip():
            fixed["period"] = period.strip()
    basis = st.selectbox(
        "Whom does it count?",
        [None, *Basis],
        format_func=lambda b: "Not known" if b is None else b.label[0].upper() + b.label[1:],
        key=f"map-basis-{opened.digest}",
    )
    mapping = ColumnMapping(columns=tuple(columns), meaning=meaning, fixed=fixed, basis=basis)
    if st.button(f"Read {plain(opened.name)} with these columns", key=f"map-read-{opened.digest}"):
        lacking = table_mapping.problems(mapping)
        if lacking:
            st.error(plain(f"Not yet: {'; '.join(lacking)}."))
            return plan
        others = [item for item in plan.column_mappings if item.columns != mapping.columns]
        plan = plan.model_copy(update={"column_mappings": (*others, mapping)[-20:]})
        store_plan(plan)
        st.rerun()
    return plan
