"""Files of local data, read, reported on, and taken into the plan once agreed."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.formatting import capital, listed, several
from planner.analysis.local_data.adopt import Adoption, CannotAdopt, adopt
from planner.analysis.local_data.report import (
    facts,
    people_in_words,
    people_seen,
    summary,
    taken,
)
from planner.intake import mapping as table_mapping
from planner.intake import openprescribing
from planner.intake.isolated_process import IsolatedJob, prewarm
from planner.intake.portal import FOLDER, FetchJob, turned_off
from planner.intake.registry import (
    PASTED_NAME,
    ClassNeeded,
    IntakeError,
    NotRecognised,
    PatientLevelError,
    Stopped,
    read_for_a_session,
    read_pasted,
    refuse_pasted_people,
)
from planner.intake.template import template_csv, template_xlsx
from planner.model.edit import with_value
from planner.model.intake import (
    COLUMN_MEANINGS,
    DIGEST_FUNCTIONS,
    MONTHS_FETCHED,
    MOST_MONTHS_FETCHED,
    ColumnMapping,
    Reading,
)
from planner.model.labels.plan import UNKNOWN
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData
from planner.reference.cache import cache_folder
from planner.screens.ui.display import bullets, table
from planner.screens.ui.form import draw, help_words, hold_incomplete, number_box
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import may_only_read
from planner.screens.ui.progress import Task, read_files
from planner.screens.ui.session import LEFT_OUT, WAITING, give_notice, replace, store_plan
from planner.screens.ui.typed import whole_number, without_a_patient

READ, ROUND, READINGS_IN_SESSION, PASTED, PEOPLE_PASTED, EMPTIED, ADOPTED, FETCHED = (
    f"files-{what}"
    for what in (
        "read", "round", "kept", "pasted", "people-pasted", "emptied", "adopted", "fetched",
    )
)  # fmt: skip
CHOICE = "files-choose-"
KINDS = ["csv", "tsv", "txt", "xlsx", "ods", "zip", "gz", "parquet", "xlsm", "xls"]
MOST_MB = 50
KNOWN = (
    "NHSBSA's workbooks on Dependency Forming Medicines and Medicines Used in Mental Health: "
    "people, items, fifths, ages.",
    "OpenPrescribing exports, or the English Prescribing Dataset filtered to the board: items by "
    "practice and month.",
    "Patients Registered at a GP Practice: who lives where.",
    "The planner's own table, or any other once you say what its columns hold.",
)
"""The files that are known, with what each brings."""
NOT_USED = "not used"
NO_NUMBER_YET = "no number yet"
MOST_COLUMNS = 30
DIGEST = re.compile(rf", (?:{'|'.join(DIGEST_FUNCTIONS.values())}) \w{{12}}")
"""The start of a file's digest in a source, which is told in full under how the file was read."""
Outcome = Reading | NotRecognised | ClassNeeded | PatientLevelError | Stopped | str


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan, changed only where the user agreed to the figures of a
    file."""
    if st.session_state.pop(LEFT_OUT, None) == "local_files":
        _forget_files()
    prewarm(read_for_a_session)
    _in_plan(plan)
    st.markdown("Files the planner knows, and what each brings:")
    bullets(KNOWN)
    st.write(
        "Bring counts only. A file with a row for each person is turned away whole, and nothing "
        "of it is kept."
    )
    files = st.file_uploader(
        f"Files (up to {MOST_MB} MB each)",
        type=KINDS,
        accept_multiple_files=True,
        key=f"files-{st.session_state.get(ROUND, 0)}",
        disabled=may_only_read(),
        max_upload_size=MOST_MB,
    )
    progress = st.container()
    if not turned_off():
        _ask_to_fetch(plan.place.icb_code)
    _paste()
    _own_table(plan, reference)
    with progress:
        outcomes = _read(files or [], plan, reference)
        _fetch(reference)
    for file in files or []:
        _ask_class(file, outcomes[file.file_id])
    _turn_people_away(list(outcomes.values()))
    _not_read([outcome for outcome in outcomes.values() if isinstance(outcome, Stopped)])
    readings: list[Reading] = list(st.session_state.get(READINGS_IN_SESSION, []))
    for outcome in outcomes.values():
        if isinstance(outcome, NotRecognised):
            _name_columns(outcome, plan)
        elif isinstance(outcome, Reading):
            readings.append(outcome)
        elif not isinstance(outcome, Stopped):
            st.error(plain(str(outcome)))
    fetched = st.session_state.get(FETCHED, {}).get("outcome", [])
    if isinstance(fetched, str):
        st.error(plain(fetched))
    else:
        readings += fetched
    for reading in readings:
        _report(reading)
    if readings:
        _offer(plan, readings, reference)
    else:
        st.session_state.pop(ADOPTED, None)
    return plan


def _in_plan(plan: Plan) -> None:
    """What files the plan's figures came from."""
    if not plan.imports:
        st.info(
            "No figure of a file is in this plan yet. None is needed: numbers can be typed on "
            "the steps."
        )
        return
    st.info(f"Figures were taken from {several(len(plan.imports), 'file')}.")
    with st.expander("Files in this plan"):
        bullets(f"{summary(report)} {report.digest_start}" for report in plan.imports)


def _read(files: list[Any], plan: Plan, reference: ReferenceData) -> dict[str, Outcome]:
    """What came of each file and of what was pasted, each read once, in a process of its own, for
    what was said of it."""
    current: dict[Any, Outcome] = st.session_state.setdefault(READ, {})
    mapped = tuple(mapping.model_dump_json() for mapping in plan.column_mappings)
    keys: dict[str, Any] = {}
    tasks: list[Task] = []
    for number, file in enumerate(files, start=1):
        chosen: MedicineClass | None = st.session_state.get(f"class-{file.file_id}")
        keys[file.file_id] = key = (file.file_id, plan.place.icb_code, chosen, mapped)
        about = (reference, plan.place.icb_code, plan.column_mappings, chosen)
        tasks.append(Task(key, file.name, partial(_begin, file, *about), number, len(files)))
    text = st.session_state.get(PASTED, "")
    if text.strip():
        keys[PASTED_NAME] = (text, mapped)
        about_it = (text, reference, plan.column_mappings)
        tasks.append(
            Task(
                keys[PASTED_NAME],
                PASTED_NAME,
                partial(IsolatedJob, PASTED_NAME, read_pasted, *about_it, errors=(NotRecognised,)),
            )
        )

    def keep(task: Task, outcome: Callable[[], Any]) -> None:
        try:
            current[task.key] = outcome()
        except (PatientLevelError, NotRecognised, ClassNeeded, Stopped) as error:
            current[task.key] = error
        except IntakeError as error:
            current[task.key] = f"{error}."

    read_files("files", [task for task in tasks if task.key not in current], keep)
    return {name: current[key] for name, key in keys.items()}


def _begin(file: Any, *about: Any) -> IsolatedJob:
    return IsolatedJob(
        file.name, read_for_a_session, file.name, file.getvalue(), *about, errors=(NotRecognised,)
    )


def _ask_to_fetch(icb: str) -> None:
    """Offer the board's items of the newest months, straight from the publisher."""
    one, two, _ = st.columns([2, 4, 4], vertical_alignment="bottom")
    label, months = "Months to fetch", None
    with one:
        try:
            months = number_box(
                label,
                "fetch_months",
                MONTHS_FETCHED,
                partial(whole_number, most=MOST_MONTHS_FETCHED, least=1),
                help=help_words("fetch_months"),
                disabled=may_only_read(),
            )
        except ValueError as error:
            st.error(plain(f"{label}: {error}."))
    words = "Fetch official figures from NHSBSA"
    if two.button(words, key="fetch", disabled=months is None or may_only_read()):
        st.session_state[FETCHED] = {"asked": (icb, months)}


def _fetch(reference: ReferenceData) -> None:
    """Fetch what was asked for, once, beside the session; what came of it stays until the next."""
    current: dict[str, Any] = st.session_state.get(FETCHED, {})

    def keep(_: Task, outcome: Callable[[], Any]) -> None:
        try:
            current["outcome"] = outcome()
        except IntakeError as error:
            current["outcome"] = f"{error}."

    tasks = []
    if current and "outcome" not in current:
        icb, months = current["asked"]
        begin = partial(FetchJob, icb, months, reference, cache_folder(FOLDER))
        name = f"{several(months, 'month')} of {icb} from NHSBSA's open data portal"
        tasks = [Task(current["asked"], name, begin)]
    read_files("fetch", tasks, keep, what="Fetching")


def _ask_class(file: Any, outcome: Outcome) -> None:
    if isinstance(outcome, ClassNeeded) or (
        isinstance(outcome, Reading) and outcome.report.format == openprescribing.ID
    ):
        st.selectbox(
            f"Which class is {plain(file.name)} about?",
            [None, *MedicineClass],
            format_func=lambda c: "As its name says" if c is None else capital(c.label),
            key=f"class-{file.file_id}",
            help="OpenPrescribing's files do not say which medicines were chosen.",
        )


def _not_read(stopped: list[Stopped]) -> None:
    """Say what was not read because reading was stopped, and offer to read it after all."""
    if not stopped:
        return
    names = "; ".join(plain(str(error)) for error in stopped)
    st.info(f"Stopped. {names}. What was read before is kept, and the plan is as it was.")
    if st.button("Read what was not read", key="files-read-after-all"):
        current: dict[Any, Outcome] = st.session_state[READ]
        for key in [key for key, outcome in current.items() if isinstance(outcome, Stopped)]:
            del current[key]
        st.rerun()


def _turn_people_away(outcomes: list[Outcome]) -> None:
    """Let go of every file where one holds people; what was read of the others stays."""
    people = [outcome for outcome in outcomes if isinstance(outcome, PatientLevelError)]
    if not people:
        return
    good = [outcome for outcome in outcomes if isinstance(outcome, Reading)]
    selection = [*st.session_state.get(READINGS_IN_SESSION, []), *good]
    lost = len(outcomes) - len(people) - len(good)
    _forget_files()
    st.session_state[READINGS_IN_SESSION] = selection
    give_notice(
        " ".join(f"{plain(str(error))}." for error in people)
        + (" What was read of the other files is still below." if good else "")
        + (" Bring again those that were not yet read." if lost else "")
    )
    st.rerun()


def _forget_files() -> None:
    """Let go of every file that was brought, so that nothing of it stays in memory."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    choices = [key for key in st.session_state if str(key).startswith(CHOICE)]
    for name in (READ, READINGS_IN_SESSION, PASTED, PEOPLE_PASTED, ADOPTED, FETCHED, *choices):
        st.session_state.pop(name, None)


def _paste() -> None:
    with st.expander("Paste from a spreadsheet"):
        key = f"paste-{st.session_state.get(ROUND, 0)}-{st.session_state.get(EMPTIED, 0)}"
        text = st.text_area(
            "Cells with their headings, as copied from a spreadsheet",
            key=key,
            height=160,
            max_chars=2_000_000,
            help="Any headings will do; those of the planner's own table are read at once.",
            on_change=_empty_where_people,
            args=(key,),
            disabled=may_only_read(),
        )
        if refused := st.session_state.get(PEOPLE_PASTED):
            st.error(plain(refused))
        if st.button("Read what I pasted", key="paste-read", disabled=may_only_read()):
            st.session_state[PASTED] = text
        if text.strip() and text != st.session_state.get(PASTED):
            hold_incomplete(
                "What you pasted has not been read yet. Press Read what I pasted, or empty the box."
            )


def _empty_where_people(key: str) -> None:
    """Put an empty box in the place of the one in which something about people was just pasted,
    before anything is drawn or kept, and remember why."""
    st.session_state.pop(PEOPLE_PASTED, None)
    try:
        refuse_pasted_people(st.session_state[key])
        # Of ten figures the table has told whether they are an NHS number.
        without_a_patient(re.sub(r"\d{10,}", "", st.session_state[key]))
    except ValueError as error:
        # Of a box that is no longer drawn nothing is remembered, as it is of one that is emptied.
        del st.session_state[key]
        st.session_state[EMPTIED] = st.session_state.get(EMPTIED, 0) + 1
        st.session_state[PEOPLE_PASTED] = f"{capital(str(error))}."


def _own_table(plan: Plan, reference: ReferenceData) -> None:
    with st.expander("The planner's own table, to fill in"):
        st.write("It holds this plan's numbers; fill in more, and bring it back here.")
        excel, csv = st.columns(2)
        excel.download_button(
            "Download the table (Excel)",
            lambda: template_xlsx(plan, reference),
            file_name="local-numbers.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="own-xlsx",
            on_click="ignore",
        )
        csv.download_button(
            "Download the table (CSV)",
            lambda: template_csv(plan, reference),
            file_name="local-numbers.csv",
            mime="text/csv",
            key="own-csv",
            on_click="ignore",
        )


def _report(reading: Reading) -> None:
    report = reading.report
    st.header(plain(report.file), anchor=False)
    st.success(plain(summary(report)))
    if report.classes:
        table(
            [
                {
                    "Class": capital(seen.medicine_class.label),
                    "Items": seen.items_in_words,
                    "Items: where and when": seen.items_counted,
                    "People": people_seen(seen),
                    "Hidden or blank": f"{seen.suppressed:,}",
                }
                for seen in report.classes
            ],
            f"What {report.file} holds of each class",
        )
    else:
        counted = people_in_words(reading.records)
        st.write(
            f"People: {counted}."
            if counted
            else "The file says where places belong; it counts nothing."
        )
    with st.expander("How it was read, and what was not used", expanded=bool(report.skipped)):
        table(
            [{"What": name, "Found": words} for name, words in facts(report)],
            f"How {report.file} was read",
        )


def _offer(plan: Plan, readings: list[Reading], reference: ReferenceData) -> None:
    """Show what the files would change and remove, and change it once the user says so."""
    st.header("What would change in the plan", anchor=False)
    try:
        adoption = _adoption(plan, readings, reference, _chosen())
    except CannotAdopt as error:
        st.error(plain(str(error)))
        return
    _choose(adoption)
    if adoption.not_used:
        st.warning("\n".join(f"- {plain(line)}" for line in adoption.not_used))
    if not adoption.changes and not adoption.choices:
        st.write("Nothing would change.")
        return
    if adoption.changes:
        table(
            [
                {
                    "What": change.what,
                    "Now": NO_NUMBER_YET if change.now in ("", UNKNOWN) else change.now,
                    "Then": change.then,
                    "Figures": f"{change.figures:,}",
                    "Period and file": DIGEST.sub("", change.source),
                }
                for change in adoption.changes
            ],
            "What would change in the plan",
        )
        st.write(plain(f"To be taken into the plan: {taken(adoption)}."))
    else:
        st.write(
            "Nothing would change yet, so there is nothing to use: tick what you choose above, or "
            "leave these files out."
        )
    shut = not adoption.changes or may_only_read()
    with st.container(horizontal=True):
        if st.button("Use these figures", key="files-use", type="primary", disabled=shut):
            _take(plan, adoption)
        if st.button("Leave these files out", key="files-leave"):
            _forget_files()
            st.rerun()
    st.session_state[WAITING].append(
        "Files have been read and their figures are not in the plan yet. Press Use these figures, "
        "or leave them out."
    )


def _chosen() -> frozenset[str]:
    """The names of the choices that are ticked."""
    return frozenset(
        str(key).removeprefix(CHOICE)
        for key, ticked in st.session_state.items()
        if str(key).startswith(CHOICE) and ticked
    )


def _choose(adoption: Adoption) -> None:
    """Say in one red line what goes, and offer each thing that would take something out."""
    removed = adoption.removed
    left = [what for one in adoption.choices if not one.is_chosen for what in one.removed]
    lines = [
        f"Will be removed: {listed(removed)}." if removed else "",
        f"Will be removed only if you choose it below: {listed(left)}." if left else "",
    ]
    if any(lines):
        st.error(plain(" ".join(filter(None, lines))))
    for one in adoption.choices:
        goes = f" Will be removed: {listed(one.removed)}." if one.removed else ""
        draw(st.checkbox, plain(f"{one.label}.{goes}"), f"{CHOICE}{one.id}", False)


def _adoption(
    plan: Plan, readings: list[Reading], reference: ReferenceData, chosen: frozenset[str]
) -> Adoption:
    """What the files would change, worked out once for the same plan, files and choices: of large
    ones it takes seconds.

    Raises CannotAdopt.
    """
    current: dict[frozenset[str], tuple[Plan, list[Reading], Adoption]] = (
        st.session_state.setdefault(ADOPTED, {})
    )
    if chosen not in current or current[chosen][:2] != (plan, readings):
        with st.spinner("Working out what these files would change"):
            current[chosen] = (plan, readings, adopt(plan, readings, reference, chosen))
    return current[chosen][2]


def _take(plan: Plan, adoption: Adoption) -> None:
    _forget_files()
    replace(adoption.plan)
    gone = f" Removed: {listed(adoption.removed)}." if adoption.removed else ""
    give_notice(plain(f"Taken into the plan: {taken(adoption)}. Undo takes this back.{gone}"))
    st.rerun()


def _name_columns(result: NotRecognised, plan: Plan) -> None:
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
        return
    rows = [row + [""] * (len(columns) - len(row)) for row in sheet.rows[header + 1 : header + 7]]
    display = columns[:MOST_COLUMNS]
    table(
        [dict(zip(display, row, strict=False)) for row in rows], f"The first rows of {opened.name}"
    )
    guess = table_mapping.suggested(columns)
    choices = [NOT_USED, *COLUMN_MEANINGS]
    chosen: dict[str, str] = {}
    boxes: list[Any] = []
    for place, column in enumerate(display):
        # A row at a time, so that the keyboard goes along and not down.
        boxes = boxes or list(st.columns(2))
        chosen[column] = boxes.pop(0).selectbox(
            f"Column '{plain(column)}' holds",
            choices,
            index=choices.index(guess.get(column, NOT_USED)),
            format_func=lambda name: COLUMN_MEANINGS.get(name, "Not used"),
            key=f"map-{opened.digest}-{place}",
        )
    meaning = {column: name for column, name in chosen.items() if name != NOT_USED}
    fixed: dict[str, str] = {}
    if "class" not in meaning.values():
        fixed["class"] = st.selectbox(
            "The whole file is about",
            ["", *(c.value for c in MedicineClass)],
            format_func=lambda name: MedicineClass(name).label if name else "Choose a class",
            key=f"map-class-{opened.digest}",
        )
    if "period" not in meaning.values():
        fixed["period"] = st.text_input(
            "Period of the whole file, such as 2024/25 or 2025-03",
            key=f"map-period-{opened.digest}",
            max_chars=60,
        ).strip()
        try:
            without_a_patient(fixed["period"])
        except ValueError as error:
            st.error(plain(f"Period of the whole file: {error}."))
            return
    basis = st.selectbox(
        "Whom does it count?",
        [None, *Basis],
        format_func=lambda b: "Not known" if b is None else capital(b.label),
        key=f"map-basis-{opened.digest}",
    )
    mapping = ColumnMapping(
        columns=tuple(columns),
        meaning=meaning,
        fixed={name: value for name, value in fixed.items() if value},
        basis=basis,
    )
    if st.button(f"Read {plain(opened.name)} with these columns", key=f"map-read-{opened.digest}"):
        lacking = table_mapping.problems(mapping)
        if lacking:
            st.error(plain(f"Not yet: {'; '.join(lacking)}."))
            return
        others = [item for item in plan.column_mappings if item.columns != mapping.columns]
        store_plan(with_value(plan, "column_mappings", (*others, mapping)[-20:]))
        st.rerun()
