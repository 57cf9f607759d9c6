"""Files are told of, asked about before use, and turned away where people are named."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.analysis.local_data.adopt import adopt
from planner.intake import isolated_process
from planner.intake.template import template_csv
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData
from planner.screens.steps import local_files
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import PLAN
from tests.intake import hostile_samples as hostile
from tests.intake import samples
from tests.screens.test_wizard import APP, field, go, healthy, open_tab, plan, press, started

# Processes of their own, servers or large files: left out of the quick loop.
pytestmark = pytest.mark.slow

OWN = b"""class,period,sex,deprivation_fifth,patients,items,counted
opioids,2024/25,,,160500,1284000,resident_adults
opioids,2024/25,,1,70300,,resident_adults
opioids,2024/25,,5,11000,,resident_adults
z_drugs,2024/25,,,16250,130000,resident_adults
z_drugs,2024/25,,1,4700,,resident_adults
z_drugs,2024/25,,5,2350,,resident_adults
"""
OTHER = (
    b"Drug,Month,Unique patients,Total Items\nOpioids,2025-03,120000,98000\n"
    b"Z-drugs,2025-03,14000,11000\n"
)
PEOPLE = b"NHS Number,Drug,Items\n9434765919,Opioids,3\n"


@pytest.fixture
def app() -> AppTest:
    return go(started(), "Local files")


def bring(app: AppTest, name: str, data: bytes) -> AppTest:
    return healthy(app.file_uploader[0].set_value([(name, data, "text/csv")]).run())


def text_of(app: AppTest) -> str:
    cells = [*app.markdown, *app.info, *app.warning, *app.error, *app.success]
    return "\n".join(str(element.value) for element in cells).replace("\\", "")


def test_nothing_is_taken_until_the_user_agrees(app: AppTest) -> None:
    before = plan(app)
    bring(app, "numbers.csv", OWN)
    assert "numbers.csv: Planner's own table. 6 rows read, 6 understood, 2024/25." in text_of(app)
    assert plan(app) == before
    press(app, "Use these figures")
    row = plan(app).prescribing.of(MedicineClass.OPIOIDS)
    assert (row.patients, row.items, row.period) == (160_500, 1_284_000, "2024/25")
    assert row.counted is Basis.RESIDENT_ADULTS and "numbers.csv, BLAKE3" in row.source
    assert plan(app).imports[0].file == "numbers.csv"
    assert plan(app).imports[0].digest.startswith("blake3:")


def test_the_next_steps_show_what_was_taken_in_both_directions(app: AppTest) -> None:
    press(bring(app, "numbers.csv", OWN), "Use these figures")
    go(app, "Place and need")
    assert field(app, "text_input", "prescribing.classes.3.patients").value == "160,500"
    assert "Per 1,000: 143.3 (142.6 to 143.9); England 122.0 (2020/21)" in text_of(app)
    go(app, "Who and where")
    assert "Opioids: prescribed at 2.00 times the rate in the most deprived fifth" in text_of(app)
    (rates,) = (one.value for one in app.main.table)
    name, *_, times = (str(cell).replace("\\", "") for cell in rates.iloc[-1])
    assert name == "Z-drugs" and times.startswith("0.63 (")


def test_a_file_of_people_is_refused_whole_and_let_go(app: AppTest) -> None:
    before = plan(app)
    bring(app, "list.csv", PEOPLE)
    assert "list.csv" in text_of(app) and "refused whole" in text_of(app)
    assert "9434765919" not in text_of(app) and "9434765919" not in repr(app.session_state)
    assert not app.file_uploader[0].value
    assert plan(app) == before and not [b for b in app.button if b.label == "Use these figures"]


def test_a_table_in_no_known_layout_is_read_once_its_columns_are_named_and_remembered(
    app: AppTest,
) -> None:
    bring(app, "epact.csv", OTHER)
    assert "a table in no layout the planner knows" in text_of(app)
    labels = [box.label.replace("\\", "") for box in app.selectbox]
    assert "Column 'Unique patients' holds" in labels
    guesses = {box.label.replace("\\", ""): box.value for box in app.selectbox}
    assert guesses["Column 'Unique patients' holds"] == "patients"
    press(app, "Read epact")
    assert "epact.csv: Table read by columns you named. 2 rows read, 2 understood" in text_of(app)
    (mapping,) = plan(app).column_mappings
    assert mapping.meaning["Drug"] == "class"
    press(app, "Use these figures")
    assert plan(app).prescribing.of(MedicineClass.Z_DRUGS).patients == 14_000
    bring(app, "epact-next-month.csv", OTHER.replace(b"120000", b"121000"))
    # Not asked again.
    assert "epact-next-month.csv: Table read by columns you named" in text_of(app)


def test_what_a_file_would_change_is_worked_out_once_and_let_go_of(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[int] = []

    def counted(*given: Any, **named: Any) -> Any:
        questions.append(1)
        return adopt(*given, **named)

    monkeypatch.setattr(local_files, "adopt", counted)
    bring(app, "numbers.csv", OWN)
    for _ in range(2):
        healthy(app.run())
    assert len(questions) == 1
    press(app, "Leave these files out")
    assert local_files.ADOPTED not in app.session_state
    assert "What would change" not in text_of(app)


def test_a_pasted_table_is_read_like_a_file(app: AppTest) -> None:
    app.text_area[0].set_value(OWN.decode().replace(",", "\t"))
    press(app, "Read what I pasted")
    assert "pasted table: Planner's own table. 6 rows read" in text_of(app)
    press(app, "Use these figures")
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).patients == 160_500


def test_what_is_pasted_or_not_yet_named_is_not_lost_by_moving_on(app: AppTest) -> None:
    app.text_area[0].set_value("a\tb\n1\t2")
    press(app, "Back to Place and need")
    assert app.title[0].value == "Local files" and "has not been read yet" in text_of(app)
    assert app.text_area[0].value == "a\tb\n1\t2"
    app.text_area[0].set_value("")
    bring(app, "epact.csv", OTHER)
    press(app, "Back to Place and need")
    assert app.title[0].value == "Local files"
    assert "epact.csv has not been read. Say what its columns hold, or take it out." in text_of(app)
    press(app, "Leave these out and go back")
    assert app.title[0].value == "Place and need"


def test_what_a_file_would_remove_is_said_in_red_and_goes_only_when_ticked(app: AppTest) -> None:
    press(bring(app, "numbers.csv", OWN), "Use these figures")
    before = plan(app)
    all_ages = (
        b"class,period,patients,counted\nopioids,2024/25,170000,resident_all_ages\n"
        b"gabapentinoids,2024/25,40000,resident_all_ages\n"
    )
    bring(app, "workbook.csv", all_ages)
    (red,) = [str(one.value).replace("\\", "") for one in app.error]
    assert red.startswith("Will be removed only if you choose it below: ")
    assert "counts and people by fifth, sex, age and group, of resident adults" in red
    assert "people prescribed opioids, 160,500 (2024/25" in red
    boxes = {str(box.key): box for box in app.checkbox if "files-choose-" in str(box.key)}
    assert {key: box.value for key, box in boxes.items()} == {
        "files-choose-other-basis": False,
        "files-choose-count-opioids": False,
    }
    healthy(boxes["files-choose-other-basis"].set_value(True).run())
    (red,) = [str(one.value).replace("\\", "") for one in app.error]
    assert red.startswith("Will be removed: counts and people by fifth")
    box = next(box for box in app.checkbox if box.key == "files-choose-other-basis")
    healthy(box.set_value(False).run())
    press(app, "Use these figures")
    assert plan(app).inequality == before.inequality
    assert plan(app).population == before.population
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).patients == 160_500
    assert plan(app).prescribing.of(MedicineClass.GABAPENTINOIDS).patients == 40_000


def test_a_count_far_from_what_is_expected_is_asked_about_until_it_is_said_to_be_right(
    app: AppTest,
) -> None:
    few = b"class,period,patients,counted\nopioids,2024/25,12000,resident_adults\n"
    bring(app, "numbers.csv", few)
    assert "Take care. Opioids: 12,000 is less than half of the" in text_of(app)
    press(app, "Use these figures")
    go(app, "Place and need")
    assert "Opioids: 12,000 is less than half of the" in text_of(app)
    press(app, "It is right")
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).confirmed == 12_000
    assert "less than half" not in text_of(app)
    healthy(field(app, "text_input", "prescribing.classes.3.patients").set_value("11000").run())
    assert "Opioids: 11,000 is less than half of the" in text_of(app)


def test_a_damaged_file_is_explained_and_the_others_still_count(app: AppTest) -> None:
    healthy(
        app.file_uploader[0]
        .set_value([("half.xlsx", b"PK\x03\x04half", ""), ("numbers.csv", OWN, "text/csv")])
        .run()
    )
    assert "half.xlsx is damaged or only half there. Download it again." in text_of(app)
    assert "numbers.csv: Planner's own table" in text_of(app)


def test_our_own_table_comes_back_as_it_went(
    app: AppTest, maximal: Plan, reference: ReferenceData
) -> None:
    bring(app, "own.csv", template_csv(maximal, reference))
    press(app, "Use these figures")
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).patients == 160_205
    assert plan(app).inequality.classes == maximal.inequality.classes
    assert len(plan(app).areas.areas) == len(maximal.areas.areas)


def test_the_planners_own_table_as_it_is_downloaded_is_understood_and_changes_nothing(
    app: AppTest, reference: ReferenceData
) -> None:
    bring(app, "own.csv", template_csv(plan(app), reference))
    cells = " ".join(str(cell) for one in app.main.table for cell in one.value.to_numpy().flat)
    assert "It cannot be told when" not in cells
    assert "Nothing would change." in text_of(app)


def test_a_board_from_another_file_is_said_not_taken(app: AppTest) -> None:
    other = b"class,period,level,code,patients\nopioids,2024/25,icb,QWO,5000\n"
    bring(app, "west.csv", other)
    assert "The files hold no row for QF7" in text_of(app)
    assert not [b for b in app.button if b.label == "Use these figures"]


def test_places_are_reported_as_lines_of_enquiry(maximal: Plan) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[PLAN] = maximal
    open_tab(go(healthy(app.run()), "Who and where"), "Places")
    assert "Not a ranking and not a verdict on anyone" in text_of(app)
    # Named to the analyst, never in a document.
    assert "Practice 7" in text_of(app)
    assert any(box.label == "Class to draw" for box in app.selectbox)


def test_without_places_the_step_says_what_to_bring(app: AppTest) -> None:
    open_tab(go(app, "Who and where"), "Places")
    assert "Need by place is not known yet" in text_of(app)


def test_figures_read_and_not_used_are_not_lost_by_moving_on(app: AppTest) -> None:
    bring(app, "numbers.csv", OWN)
    assert not app.error
    press(app, "Back to")
    assert app.title[0].value == "Local files" and "not in the plan yet" in text_of(app)
    press(app, "Leave these out and go back")
    assert app.title[0].value == "Place and need"
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).patients is None


def test_the_last_files_can_be_undone(app: AppTest) -> None:
    before = plan(app)
    press(bring(app, "numbers.csv", OWN), "Use these figures")
    assert plan(app) != before
    press(app, "Undo")
    assert plan(app) == before


def test_good_files_stay_when_another_is_turned_away(app: AppTest) -> None:
    healthy(
        app.file_uploader[0].set_value([("numbers.csv", OWN, ""), ("list.csv", PEOPLE, "")]).run()
    )
    assert "refused whole" in text_of(app) and "numbers.csv: Planner's own table" in text_of(app)
    press(app, "Use these figures")
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).patients == 160_500


def test_two_openprescribing_files_have_a_class_each(app: AppTest) -> None:
    rows = (
        b"items,quantity,actual_cost,date,row_id,row_name\n700,1,1,2025-03-01,QF7,South Yorkshire\n"
    )
    healthy(
        app.file_uploader[0]
        .set_value([("one.csv", rows, ""), ("two.csv", rows.replace(b"700", b"90"), "")])
        .run()
    )
    assert "does not say which class it is about" in text_of(app)
    for label, chosen in (("one", MedicineClass.OPIOIDS), ("two", MedicineClass.Z_DRUGS)):
        box = next(
            b
            for b in app.selectbox
            if b.label.replace("\\", "") == f"Which class is {label}.csv about?"
        )
        healthy(box.set_value(chosen).run())
    press(app, "Use these figures")
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).items == 700
    assert plan(app).prescribing.of(MedicineClass.Z_DRUGS).items == 90


def test_a_pasted_table_of_other_headings_can_be_named_too(app: AppTest) -> None:
    app.text_area[0].set_value(OTHER.decode().replace(",", "\t"))
    press(app, "Read what I pasted")
    press(app, "Read pasted table")
    assert "pasted table: Table read by columns you named. 2 rows read, 2 understood" in text_of(
        app
    )


def test_files_can_be_left_out_where_they_are(app: AppTest) -> None:
    press(bring(app, "numbers.csv", OWN), "Leave these files out")
    press(app, "Back to")
    assert app.title[0].value == "Place and need" and not app.error


def test_a_file_that_meets_its_bounds_is_named_and_the_session_goes_on(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of memory and not of time, which a sound file may need too where much else goes on.
    monkeypatch.setattr(isolated_process, "BOUNDS", isolated_process.Bounds(memory=150_000_000))
    files = [("rows.csv", hostile.rows(10), "text/csv"), ("numbers.csv", OWN, "text/csv")]
    healthy(app.file_uploader[0].set_value(files).run())
    assert "rows.csv needs more memory than the 150 MB" in text_of(app)
    assert "numbers.csv: Planner's own table. 6 rows read" in text_of(app)
    press(app, "Use these figures")
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).patients == 160_500


def test_what_was_not_read_because_of_a_stop_can_be_read_after_all(app: AppTest) -> None:
    app.session_state["reading-stopped:files"] = (
        # As the button leaves it; a browser presses it elsewhere.
        True
    )
    bring(app, "numbers.csv", OWN)
    assert "Stopped. numbers.csv was not read, because it was stopped" in text_of(app)
    healthy(app.run())
    # Not begun again by itself.
    assert "Stopped. numbers.csv" in text_of(app)
    press(app, "Read what was not read")
    assert "numbers.csv: Planner's own table. 6 rows read" in text_of(app)


LISTED = samples.as_csv(
    [
        ["YEAR_MONTH", "ICB_CODE", "PCO_CODE", "PRACTICE_CODE", "BNF_CODE", "ITEMS"],
        ["202501", "QF7", "02P00", "C81001", "0407020C0AAAFAF", "40"],
    ]
)
"""Items of a practice on one medicine of a class that has many."""


def use_button(app: AppTest) -> Any:
    return next(button for button in app.button if button.label == "Use these figures")


def test_while_nothing_would_change_there_is_nothing_to_press_and_no_file_counts(
    app: AppTest,
) -> None:
    before = plan(app)
    bring(app, "january.csv", LISTED)
    assert use_button(app).disabled
    assert "Nothing would change yet, so there is nothing to use: tick what you choose" in text_of(
        app
    )
    bring(app, "numbers.csv", OWN)
    press(app, "Use these figures")
    assert [one.file for one in plan(app).imports] == ["numbers.csv"]
    healthy(
        app.file_uploader[0]
        .set_value([("january.csv", LISTED, ""), ("more.csv", OWN.replace(b"16250", b"16500"), "")])
        .run()
    )
    press(app, "Use these figures")
    assert "Figures were taken from 2 files." in text_of(app)
    assert [one.file for one in plan(app).imports] == ["numbers.csv", "more.csv"]
    assert plan(app).prescribing.of(MedicineClass.OPIOIDS).items != 40 and plan(app) != before


def test_the_same_file_again_changes_nothing(app: AppTest) -> None:
    press(bring(app, "numbers.csv", OWN), "Use these figures")
    before = plan(app)
    bring(app, "numbers.csv", OWN)
    assert "Nothing would change." in text_of(app)
    assert "Use these figures" not in [button.label for button in app.button]
    healthy(
        app.file_uploader[0]
        .set_value([("numbers.csv", OWN, ""), ("numbers (1).csv", OWN, "")])
        .run()
    )
    assert "numbers (1).csv is the same file as numbers.csv; it was counted once." in text_of(app)
    assert "Nothing would change." in text_of(app) and plan(app) == before


def test_figures_are_counted_once_by_one_rule(app: AppTest) -> None:
    bring(app, "numbers.csv", OWN)
    (changes,) = (one.value for one in app.main.table if "Figures" in one.value)
    words = "aken into the plan: 8 figures from numbers.csv."
    assert sum(map(int, changes["Figures"])) == 8 and f"To be t{words}" in text_of(app)
    assert list(changes["Then"])[-1] == "4 figures"
    press(app, "Use these figures")
    assert f"T{words} Undo takes this back." in text_of(app)


def test_of_a_workbook_of_all_boards_the_report_tells_of_the_plans_own(app: AppTest) -> None:
    boards = (samples.SOUTH_YORKSHIRE, samples.NORTH_CENTRAL, samples.NORTH_WEST)
    bring(app, "workbook.xlsx", samples.dfm(icbs=boards))
    (seen,) = (one.value for one in app.main.table if "People" in one.value)
    cells = [[str(cell).replace("\\", "") for cell in row] for row in seen.to_numpy()]
    assert [row[1:4] for row in cells] == [
        ["90,000", "QF7, 2023/24", "20,000 (QF7, 2023/24)"],
        ["200,500", "QF7, 2023/24", "30,000 (QF7, 2023/24)"],
        ["401,000", "QF7, 2023/24", "100,000 (QF7, 2023/24)"],
        ["hidden", "", "hidden"],
    ]
    assert "5,000,000" not in text_of(app) and "--icb" not in text_of(app)


def test_of_a_workbook_of_other_boards_no_number_is_shown(app: AppTest) -> None:
    boards = (samples.NORTH_CENTRAL, samples.NORTH_WEST)
    bring(app, "workbook.xlsx", samples.dfm(icbs=boards))
    (seen,) = (one.value for one in app.main.table if "People" in one.value)
    none = "none for QF7, only for other places: 2 ICBs"
    assert {(row["Items"], row["People"]) for _, row in seen.iterrows()} == {
        (words, words) for words in (plain(none), plain(f"{none} and England"))
    }
    assert "The files hold no row for QF7" in text_of(app)


def test_a_pasted_list_of_people_is_stopped_at_its_box_and_nothing_of_it_is_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = go(started(), "Local files")
    for text in (
        "NHS Number\tDrug\n9434765919\tOpioids",
        'x\t"9434765919\ty',
        "Class\tNote\nopioids\tPatient: John Atkinson",
    ):
        healthy(app.text_area[0].set_value(text).run())
        assert app.text_area[0].value == ""
        assert len(app.error) == 1, text
        press(app, "Read what I pasted")
        secrets = ("9434765919", "Atkinson")
        # All that the session holds, what is remembered of boxes no longer drawn among it.
        session = repr(vars(vars(app.session_state)["_state"]))
        assert not any(word in session + text_of(app) + caplog.text for word in secrets)
        assert not any(word in repr(plan(app)) for word in secrets)
    healthy(app.text_area[0].set_value("class\tperiod\titems\nopioids\t2024/25\t9").run())
    assert app.text_area[0].value and not app.error
