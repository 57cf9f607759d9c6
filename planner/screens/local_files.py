"""Step 2: files of local data, read and reported on, and taken into the plan once the user agrees."""

from __future__ import annotations

from typing import Any

import streamlit as st

from planner.analysis.import_words import facts, summary
from planner.analysis.local_evidence import Adoption, CannotAdopt, adopt
from planner.analysis.wording import local_count
from planner.intake import (
    IntakeError,
    NotRecognised,
    PatientLevelError,
    open_table,
    read_opened,
    read_pasted,
)
from planner.intake import mapping as table_mapping
from planner.intake.template import template_csv, template_xlsx
from planner.model.intake import COLUMN_MEANINGS, ColumnMapping, Reading
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData
from planner.screens.fields import plain_text as plain
from planner.screens.frame import table
from planner.screens.state import give_notice, keep, replace

READ, ROUND, PASTED = "files-read", "files-round", "files-pasted"
KINDS = ["csv", "tsv", "txt", "xlsx", "zip", "gz", "parquet", "xlsm", "xls"]
MOST_MB = 50
NOT_USED = "not used"
KNOWN = (
    "NHSBSA Dependency Forming Medicines and Medicines Used in Mental Health workbooks; OpenPrescribing exports; the "
    "English Prescribing Dataset, filtered to the board; Patients Registered at a GP Practice; the planner's own table; "
    "and any other table, once you say what its columns hold."
)


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan, changed only where the user agreed to the figures of a file."""
    if plan.imports:
        st.info(f"Figures from {len(plan.imports)} files are in this plan.")
        with st.expander("Files in this plan"):
            for report in plan.imports:
                st.markdown(f"- {plain(summary(report))} SHA-256 {report.sha256[:12]}")
    else:
        st.info(
            "No file has been brought in yet. This step can be skipped: numbers can be typed on the next ones."
        )
    st.write(KNOWN)
    st.write(
        "Bring counts only. A file with a row for each person is turned away whole, and nothing of it is kept."
    )
    chosen_class = _class_choice()
    files = st.file_uploader(
        f"Files (up to {MOST_MB} MB each)",
        type=KINDS,
        accept_multiple_files=True,
        key=f"files-{st.session_state.get(ROUND, 0)}",
        max_upload_size=MOST_MB,
    )
    _paste(plan, reference)
    _own_table(plan, reference)
    readings: list[Reading] = []
    for file in files or []:
        found = _read(file, plan, reference, chosen_class)
        if isinstance(found, NotRecognised):
            plan = _name_columns(found, plan)
        elif isinstance(found, str):
            st.error(plain(found))
        else:
            readings.append(found)
    if st.session_state.get(PASTED):
        readings.append(st.session_state[PASTED])
    for reading in readings:
        _report(reading)
    if readings:
        plan = _offer(plan, readings, reference)
    return plan


def _class_choice() -> MedicineClass | None:
    chosen: MedicineClass | None = st.selectbox(
        "Which class is an OpenPrescribing file about?",
        [None, *MedicineClass],
        format_func=lambda c: "As its name says" if c is None else c.words[0].upper() + c.words[1:],
        key="files-class",
        help="OpenPrescribing's files do not say which medicines were chosen. Other files do, and ignore this.",
    )
    return chosen


def _read(
    file: Any, plan: Plan, reference: ReferenceData, chosen_class: MedicineClass | None
) -> Reading | NotRecognised | str:
    """The file's reading, read once for its bytes, the plan's board and what the user said of it."""
    held: dict[Any, Any] = st.session_state.setdefault(READ, {})
    mapped = tuple(held_mapping.model_dump_json() for held_mapping in plan.column_mappings)
    key = (file.file_id, plan.place.icb_code, chosen_class, mapped)
    if key in held:
        found: Reading | NotRecognised | str = held[key]
        return found
    try:
        with st.spinner(f"Reading {plain(file.name)}"):
            data = file.getvalue()
            found = read_opened(
                open_table(file.name, data),
                data,
                reference,
                plan.place.icb_code,
                plan.column_mappings,
                chosen_class,
            )
    except PatientLevelError as error:
        _forget_files()
        give_notice(f"{plain(str(error))}. Bring the other files again.")
        st.rerun()
    except NotRecognised as error:
        found = error
    except IntakeError as error:
        found = f"{error}."
    held[key] = found
    return found


def _forget_files() -> None:
    """Let go of every file that was brought, so that nothing of it stays in memory."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(READ, None)
    st.session_state.pop(PASTED, None)


def _paste(plan: Plan, reference: ReferenceData) -> None:
    with st.expander("Paste from a spreadsheet"):
        text = st.text_area(
            "Cells with their headings, as copied from a spreadsheet",
            key=f"paste-{st.session_state.get(ROUND, 0)}",
            height=160,
            max_chars=2_000_000,
            help="Use the headings of the planner's own table: class, period, patients, items and so on.",
        )
        if st.button("Read what I pasted", key="paste-read") and text.strip():
            try:
                st.session_state[PASTED] = read_pasted(text, reference, plan.column_mappings)
            except PatientLevelError as error:
                _forget_files()
                give_notice(plain(str(error)))
                st.rerun()
            except IntakeError as error:
                st.session_state.pop(PASTED, None)
                st.error(plain(f"{error}."))


def _own_table(plan: Plan, reference: ReferenceData) -> None:
    with st.expander("The planner's own table, to fill in"):
        st.write("It holds this plan's numbers; fill in more, and bring it back here.")
        one, two = st.columns(2)
        with one:
            st.download_button(
                "Download the table (Excel)",
                lambda: template_xlsx(plan, reference),
                file_name="local-numbers.xlsx",
                mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                key="own-xlsx",
                on_click="ignore",
            )
        with two:
            st.download_button(
                "Download the table (CSV)",
                lambda: template_csv(plan, reference),
                file_name="local-numbers.csv",
                mime="text/csv",
                key="own-csv",
                on_click="ignore",
            )


def _name_columns(found: NotRecognised, plan: Plan) -> Plan:
    """Let the user say what each column of an unknown table holds; the plan remembers it."""
    opened = found.opened
    st.header(plain(opened.name), anchor=False)
    st.warning(plain(f"{found}."))
    try:
        sheet = max(opened.sheets, key=lambda sheet: len(sheet.rows))
        columns = table_mapping.headings(sheet)
        header = table_mapping.header_row(sheet)
    except IntakeError as error:
        st.error(plain(f"{opened.name}: {error}."))
        return plan
    rows = [row + [""] * (len(columns) - len(row)) for row in sheet.rows[header + 1 : header + 7]]
    table([dict(zip(columns, row, strict=False)) for row in rows], f"The first rows of {opened.name}")
    guess = table_mapping.suggested(columns)
    meaning: dict[str, str] = {}
    boxes = st.columns(2)
    for place, column in enumerate(columns[:30]):
        with boxes[place % 2]:
            chosen = st.selectbox(
                f"Column '{plain(column)}' holds",
                [NOT_USED, *COLUMN_MEANINGS],
                index=[NOT_USED, *COLUMN_MEANINGS].index(guess.get(column, NOT_USED)),
                format_func=lambda name: COLUMN_MEANINGS.get(name, "Not used"),
                key=f"map-{opened.sha256[:12]}-{place}",
            )
        if chosen != NOT_USED:
            meaning[column] = chosen
    fixed: dict[str, str] = {}
    if "class" not in meaning.values():
        of = st.selectbox(
            "The whole file is about",
            ["", *(c.value for c in MedicineClass)],
            format_func=lambda name: MedicineClass(name).words if name else "Choose a class",
            key=f"map-class-{opened.sha256[:12]}",
        )
        if of:
            fixed["class"] = of
    if "period" not in meaning.values():
        period = st.text_input(
            "Period of the whole file, such as 2024/25 or 2025-03",
            key=f"map-period-{opened.sha256[:12]}",
            max_chars=60,
        )
        if period.strip():
            fixed["period"] = period.strip()
    basis = st.selectbox(
        "Whom does it count?",
        [None, *Basis],
        format_func=lambda b: "Not known" if b is None else b.words[0].upper() + b.words[1:],
        key=f"map-basis-{opened.sha256[:12]}",
    )
    mapping = ColumnMapping(columns=tuple(columns), meaning=meaning, fixed=fixed, basis=basis)
    if st.button(f"Read {plain(opened.name)} with these columns", key=f"map-read-{opened.sha256[:12]}"):
        lacking = table_mapping.problems(mapping)
        if lacking:
            st.error(plain(f"Not yet: {'; '.join(lacking)}."))
            return plan
        others = [held for held in plan.column_mappings if held.columns != mapping.columns]
        plan = plan.model_copy(update={"column_mappings": (*others, mapping)[-20:]})
        keep(plan)
        st.rerun()
    return plan


def _report(reading: Reading) -> None:
    report = reading.report
    st.header(plain(report.file), anchor=False)
    st.success(plain(summary(report)))
    table(
        [
            {
                "Class": seen.medicine_class.words,
                "Items": "not in the file" if seen.items is None else f"{seen.items:,}",
                "People": "no single count" if seen.patients is None else local_count(seen.patients),
                "Hidden or blank": f"{seen.suppressed:,}",
            }
            for seen in report.classes
        ],
        f"What {report.file} holds of each class",
    ) if report.classes else st.write("The file counts people or places, not prescribing.")
    with st.expander("How it was read, and what was not used", expanded=bool(report.skipped)):
        table(
            [{"What": name, "Found": words} for name, words in facts(report)],
            f"How {report.file} was read",
        )


def _offer(plan: Plan, readings: list[Reading], reference: ReferenceData) -> Plan:
    """Show what the files would change, and change it once the user says so."""
    st.header("What would change in the plan", anchor=False)
    follow = st.checkbox(
        "Let the plan count the people these files count, so that rates can be given",
        value=True,
        key="files-follow",
        help="NHSBSA's workbooks count people of all ages; a plan counts adults unless you say otherwise.",
    )
    try:
        adoption = adopt(plan, readings, reference, follow)
    except CannotAdopt as error:
        st.error(plain(str(error)))
        return plan
    for line in adoption.not_used:
        st.warning(plain(line))
    if not adoption.changes:
        st.write("Nothing: these figures are in the plan already, or are about another board.")
        return plan
    table(
        [
            {"What": change.what, "Now": change.now or "nothing", "Then": change.then}
            for change in adoption.changes
        ],
        "What would change in the plan",
    )
    if st.button("Use these figures", key="files-use", type="primary"):
        return _take(adoption)
    return plan


def _take(adoption: Adoption) -> Plan:
    _forget_files()
    replace(adoption.plan)
    give_notice(f"{len(adoption.changes)} figures taken into the plan. The next steps show them.")
    st.rerun()
