"""The wizard, step by step, as a script run without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from planner.analysis.completeness.wizard_steps import TITLES
from planner.analysis.economics.example import starter_plan
from planner.analysis.results.results import results
from planner.model.base import Range
from planner.model.edit import with_value
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData
from planner.outputs.documents import specification_docx
from planner.reference import load_reference
from planner.screens import navigation
from planner.screens.ui.plan_state import PLAN
from planner.screens.ui.session import FIELD
from planner.store.plan_file import plan_to_json
from tests.present import present

APP = Path(__file__).parents[2] / "streamlit_app.py"
STEPS = list(TITLES.values())


@pytest.fixture
def app() -> AppTest:
    return started()


def started() -> AppTest:
    """Step 1 of a plan just begun for South Yorkshire, with every service we offer an option."""
    reference, app = load_reference(), AppTest.from_file(str(APP), default_timeout=60)
    plan = starter_plan(reference.find_organisation("QF7"), reference)
    app.session_state[PLAN] = plan
    return go(healthy(app.run()), "Place and need")


def healthy(app: AppTest) -> AppTest:
    assert not app.exception, [e.value for e in app.exception]
    return app


def unfold(app: AppTest) -> AppTest:
    """Open every tab and panel of the page that is drawn only once it is opened, and those in
    them."""
    for tab in [tab.label for tab in app.tabs]:
        open_tab(app, tab)
    while closed := [key for key, now in app.session_state.items() if is_fold(key) and not now]:
        for key in closed:
            app.session_state[key] = True
        healthy(app.run())
    return app


def open_tab(app: AppTest, title: str) -> AppTest:
    """Open a tab of the page by its title."""
    for key in [key for key, _ in app.session_state.items() if str(key).startswith("tabs-")]:
        app.session_state[key] = title
    return healthy(app.run())


def is_fold(key: str) -> bool:
    return str(key).startswith("panel-")


def widgets(part: AppTest | Block, kind: str) -> list[Any]:
    """The elements of a kind, whatever each kind has of its own."""
    return list(part.get(kind))


def element_of(app: AppTest, kind: str, wanted: Callable[[Any], object]) -> Any:
    """The first element of the kind that is wanted, opening the page's panels if it is in none that
    is drawn."""
    match = next((one for one in getattr(app, kind) if wanted(one)), None)
    return (
        match
        if match is not None
        else next(one for one in getattr(unfold(app), kind) if wanted(one))
    )


def press(app: AppTest, words: str) -> AppTest:
    return healthy(
        element_of(app, "button", lambda button: button.label.startswith(words)).click().run()
    )


def field(app: AppTest, kind: str, path: str) -> Any:
    return element_of(
        app,
        kind,
        lambda one: re.fullmatch(rf"{FIELD}(\d+:)?{re.escape(path)}(~\d+)?", one.key or ""),
    )


def plan(app: AppTest) -> Plan:
    current: Plan = app.session_state["plan"]
    return current


def go(app: AppTest, step: str) -> AppTest:
    """Open a step from the side, unless it is open."""
    if app.title[0].value == step:
        return app
    if step == "Local files":
        return press(go(app, "Place and need"), "Bring a file or fetch")
    (key,) = (f"go:{one.id}" for one in navigation.PAGES if one.title == step)
    healthy(next(button for button in app.button if button.key == key).click().run())
    assert app.title[0].value == step
    return app


def load_example(app: AppTest) -> AppTest:
    """Open the worked example, as the front page does."""
    return press(press(app, "Front page"), "Load the South Yorkshire example")


def open_file(app: AppTest, data: bytes) -> AppTest:
    """Open a plan file on the front page."""
    if app.title[0].value != "Prescribed medicines planner":
        press(app, "Front page")
    healthy(app.file_uploader[0].upload("plan.json", data, "application/json").run())
    return app


def test_from_the_first_step_to_both_documents(
    app: AppTest, reference: ReferenceData, library: SpecLibrary
) -> None:
    seen = [app.title[0].value]
    while seen[-1] != STEPS[-1]:
        press(app, "Continue to")
        seen.append(app.title[0].value)
        assert not app.error
    assert seen == STEPS
    labels = [button.label for button in widgets(app, "download_button")]
    assert [label for label in labels if "Word" in label] == [
        "Download the Action 3 paper (Word)",
        "Download the Action 4 specification (Word)",
        "Download the two-page note (Word)",
    ]
    assert "Download the searches (CSV)" in labels and "Download the set (.zip)" in labels
    assert {"Group pack", "Evidence pack", "Local prices", "Coverage of the framework"} <= {*labels}
    for action in (3, 4):
        result = results(plan(app), reference)
        assert specification_docx(result, action, reference, library).startswith(b"PK")


def test_the_example_loads_with_one_click_and_reaches_every_step(app: AppTest) -> None:
    load_example(app)
    assert plan(app).title == "Example plan, South Yorkshire"
    for step in STEPS:
        go(app, step)
        assert plan(app).title == "Example plan, South Yorkshire"
    press(app, "Back to Group and specification")
    assert (
        field(app, "text_input", "specification.chair").value == "Example: deputy chief pharmacist"
    )


def test_what_is_typed_survives_leaving_the_step(app: AppTest) -> None:
    go(app, "Place and need")
    field(app, "text_input", "prescribing.classes.3.patients").set_value("140,000").run()
    element_of(app, "selectbox", lambda box: box.label == "Class").select(3).run()
    field(app, "text_input", "prescribing.classes.3.period").set_value("2024/25").run()
    press(app, "Continue to Who and where")
    press(app, "Back to Place and need")
    assert field(app, "text_input", "prescribing.classes.3.patients").value == "140,000"
    row = plan(app).prescribing.classes[3]
    assert (row.patients, row.period) == (140_000, "2024/25")


def test_a_number_typed_and_continue_pressed_at_once_is_kept(app: AppTest) -> None:
    go(app, "Place and need")
    assert any("About 2,800 people become long-term" in info.value for info in app.info)
    field(app, "text_input", "prescribing.classes.0.patients").set_value("200 thousand")
    press(app, "Continue to Who and where")
    assert plan(app).prescribing.classes[0].patients == 200_000


def test_another_board_brings_its_own_population_and_options(app: AppTest) -> None:
    before = plan(app).options[2].posts[1].wte
    field(app, "selectbox", "board").set_value("QT6").run()
    healthy(app)
    assert plan(app).place.icb_code == "QT6" and plan(app).options[2].posts[1].wte < before
    field(app, "radio", "list").set_value("42 ICBs to March 2026").run()
    field(app, "selectbox", "board").set_value("QNQ").run()
    healthy(app)
    assert any("Since April 2026 its area belongs to" in warning.value for warning in app.warning)


def test_what_the_plan_refuses_is_said_and_the_rest_is_kept(app: AppTest) -> None:
    go(app, "Group and specification")
    field(app, "text_input", "specification.service_start").set_value("31/02/2027")
    field(app, "text_input", "specification.chair").set_value("A chair").run()
    assert any("is not a date" in error.value for error in app.error)
    assert any("needs attention" in line.value for line in app.sidebar.markdown)
    assert (
        plan(app).specification.chair == "A chair" and plan(app).specification.service_start is None
    )
    field(app, "text_input", "specification.service_start").set_value("01/04/2027")
    field(app, "text_input", "specification.service_end").set_value("01/03/2027").run()
    assert any("must end after it starts" in error.value for error in app.error)
    assert str(plan(app).specification.service_start) == "2027-04-01"
    assert field(app, "text_input", "specification.service_end").value == "01/03/2027"


def test_referrals_are_ours_until_they_are_changed(app: AppTest) -> None:
    go(app, "Options and cost")
    assert plan(app).demand.referral_rate is None
    for scenario, value, range_now in (
        ("low", 0.5, None),
        ("central", 0.6, Range(low=0.5, central=0.6, high=0.6)),
        ("high", 0.9, Range(low=0.5, central=0.6, high=0.9)),
    ):
        field(app, "text_input", f"demand.referral_rate.{scenario}").set_value(str(value)).run()
        assert plan(app).demand.referral_rate == range_now, "an end left empty is the central one"
    field(app, "text_input", "demand.referral_rate.low").set_value("50").run()
    assert any(
        "Referrals for each 1,000 residents in a full year: give the central figure, and no low"
        in warning.value
        for warning in app.warning
    )
    assert present(plan(app).demand.referral_rate).central == 0.6
    press(app, "Continue to")
    assert app.title[0].value == "Options and cost", "what is half typed is not lost by moving on"


def test_rows_can_be_added_to_the_directory(app: AppTest) -> None:
    go(app, "Group and specification")
    press(app, "Add a service")
    field(app, "text_input", "specification.directory.0.offer").set_value("Sleep clinic").run()
    assert plan(app).specification.directory[0].offer == "Sleep clinic"
    press(app, "Remove service 1")
    assert plan(app).specification.directory == ()


@pytest.mark.slow
def test_a_list_that_is_full_takes_no_more_and_says_so(app: AppTest, example: Plan) -> None:
    full = [{"who": f"Group {number}"} for number in range(100)]
    open_file(app, plan_to_json(with_value(example, "specification.engagement", full)).encode())
    go(app, "Group and specification")
    press(app, "Add an entry")
    assert len(plan(app).specification.engagement) == 100
    warned = [warning.value for warning in app.warning]
    assert any("at most 100 entries, and this has 101" in words for words in warned)


def test_a_saved_plan_opens_and_a_bad_file_changes_nothing(app: AppTest, maximal: Plan) -> None:
    open_file(app, b'{"schema_version": 99}')
    assert any("newer planner" in error.value for error in app.error)
    assert plan(app).title.startswith("Support for people")
    open_file(app, plan_to_json(maximal).encode())
    assert plan(app) == maximal
    for step in STEPS[1:]:
        go(app, step)
    assert plan(app) == maximal, "walking through the steps changed the plan"


def test_fifths_we_inferred_and_a_basis_without_rates_say_so(app: AppTest) -> None:
    field(app, "selectbox", "board").set_value("S0E4D").run()
    go(app, "Who and where")
    assert any("live in the most deprived fifth" in info.value for info in app.info)
    assert any("our inference" in words.value for words in app.markdown)
    go(app, "Place and need")
    field(app, "selectbox", "population.basis").set_value(Basis.REGISTERED_ADULTS).run()
    healthy(app)
    assert any(
        "has not been published" in str(w.value) or "no count or rate" in str(w.value)
        for w in app.warning
    )
    for step in STEPS[2:]:
        go(app, step)


def test_every_chart_has_words_and_a_table(app: AppTest) -> None:
    load_example(app)
    for step in STEPS[:5]:
        go(app, step)
        charts = app.get("vega_lite_chart")
        assert all(len(json.loads(c.proto.spec)) and c.proto.alt for c in charts)
        assert len([e for e in app.expander if e.label == "The numbers in this chart"]) == len(
            charts
        )


def test_the_settings_that_keep_it_quick_and_whole_still_stand() -> None:
    assert "runner.postScriptGC" in config.get_config_options(force_reparse=True)
    # above any message, so that none is named instead of sent
    assert config.get_option("global.minCachedMessageSize") > 1e9


def test_a_refused_value_is_not_lost_by_moving_on(app: AppTest) -> None:
    go(app, "Group and specification")
    field(app, "text_input", "specification.review_date").set_value("soon").run()
    press(app, "Continue to Summary and papers")
    assert app.title[0].value == "Group and specification"
    assert any("Not moved" in error.value for error in app.error)
    assert field(app, "text_input", "specification.review_date").value == "soon"
    press(app, "Leave these out and continue")
    assert app.title[0].value == "Summary and papers"
    assert plan(app).specification.review_date is None


def test_a_date_is_read_however_it_is_written(app: AppTest) -> None:
    go(app, "Group and specification")
    for typed in ("1/4/2027", "01.04.2027", "2027-04-01", "1 April 2027", "01/04/27"):
        field(app, "text_input", "specification.decision_date").set_value("").run()
        assert plan(app).specification.decision_date is None
        field(app, "text_input", "specification.decision_date").set_value(typed).run()
        assert str(plan(app).specification.decision_date) == "2027-04-01" and not app.error, typed


def test_changing_the_board_says_what_was_typed_for_the_old_one(app: AppTest) -> None:
    field(app, "text_input", "place.area").set_value("Sheffield").run()
    field(app, "text_input", "prescribing.classes.0.patients").set_value("250000").run()
    field(app, "selectbox", "board").set_value("QKS").run()
    warned = " ".join(warning.value for warning in app.warning)
    assert "Kept as typed for NHS South Yorkshire" in warned
    assert "the name of the area and the counts of people prescribed" in warned
    press(app, "Clear these and size the options afresh")
    assert plan(app).place.icb_code == "QKS" and plan(app).place.area == ""
    assert plan(app).prescribing.classes[0].patients is None
    assert not any("Kept as typed" in warning.value for warning in app.warning)


def test_the_other_list_opens_at_the_board_that_came_after(app: AppTest) -> None:
    field(app, "radio", "list").set_value("42 ICBs to March 2026").run()
    field(app, "selectbox", "board").set_value("QMJ").run()
    field(app, "radio", "list").set_value("36 ICBs from April 2026").run()
    assert plan(app).place.icb_code == "Z9B2Z"


def test_what_does_not_fit_is_said_where_it_is_typed(app: AppTest) -> None:
    go(app, "Place and need")
    field(app, "text_input", "population.entered").set_value("1,000").run()
    field(app, "text_input", "prescribing.classes.0.patients").set_value("5000").run()
    assert any("5,000 is more than 1,000, the most" in error.value.replace("\\", "")
               for error in app.error)  # fmt: skip
    assert plan(app).prescribing.classes[0].patients is None
    press(app, "Continue to")
    assert app.title[0].value == "Place and need"
    assert field(app, "text_input", "prescribing.classes.0.patients").value == "5000"


@pytest.mark.slow
def test_what_to_expect_says_three_figures_and_takes_our_own_evidence() -> None:
    app = go(
        elsewhere(preferred_option="therapist-peer", pricing__budget=900_000), "What to expect"
    )
    assert [(one.label, one.value) for one in app.metric] == [
        ("Assessed in a full year", "787"),
        ("Start to reduce in a full year", "551"),
        ("Cost of a full year", "£680,000"),
    ]
    words = " ".join(element.value for element in app.markdown).replace("\\", "")
    assert "In year 1 about 315" in words
    assert "Year 1: £436,000, £464,000 within budget" in words
    assert "A full year: £680,000, £220,000 within budget. The budget is £900,000." in words
    assert "24 more stop in a year" in words and "is not a failure" in words
    for tab in ("How sure", "What to find out first"):
        open_tab(app, tab)
    page_text = " ".join(element.value for element in app.markdown).replace("\\", "")
    assert (
        "Services report that 13% to 69%" in page_text and "measured and not forecast" in page_text
    )
    assert (
        "antidepressants 4 in 10" in page_text
        and "gabapentinoids" not in page_text.split("4 in 10")[0]
    )
    assert "what is worth finding out first" in page_text or "no one input alone" in page_text
    number = list(MedicineClass).index(MedicineClass.OPIOIDS)
    choice = field(app, "selectbox", f"outcomes.classes.{number}.choice")
    choice.set_value("south-gloucestershire").run()
    assert plan(app).outcomes.of(MedicineClass.OPIOIDS).evidence == "south-gloucestershire"
    page_text = " ".join(element.value for element in app.markdown).replace("\\", "")
    assert "cannot be said: the evidence for opioids" in page_text
    field(app, "selectbox", f"outcomes.classes.{number}.choice").set_value("own").run()
    assert any("Give both shares on opioids" in warning.value for warning in app.warning)
    for what, values in (("stopped", (20, 30, 40)), ("usual", (5, 10, 15))):
        for scenario, value in zip(("low", "central", "high"), values, strict=True):
            path = f"outcomes.classes.{number}.{what}.{scenario}"
            field(app, "text_input", path).set_value(f"{value}%").run()
            assert field(app, "text_input", path).value == str(value)
    current = plan(app).outcomes.of(MedicineClass.OPIOIDS)
    assert (
        current.stopped is not None and current.stopped.central == 0.3 and current.evidence is None
    )
    assert current.usual is not None and current.usual.high == 0.15
    field(app, "selectbox", f"outcomes.classes.{number}.choice").set_value("iwotch").run()
    assert plan(app).outcomes.of(MedicineClass.OPIOIDS).stopped is None
    healthy(app)


@pytest.mark.slow
def test_the_mix_needs_a_budget_and_years_keep_what_is_typed() -> None:
    app = go(elsewhere(preferred_option="therapist-peer"), "What to expect")
    open_tab(app, "Best mix")
    assert any("no budget has been entered" in info.value for info in app.info)
    app = go(
        elsewhere(preferred_option="therapist-peer", pricing__budget=900_000), "What to expect"
    )
    open_tab(app, "Best mix")
    assert any("what does most is" in info.value for info in app.info)
    open_tab(app, "Money by year")
    field(app, "text_input", "horizon.staffing_profile").set_value("50, 75, 100").run()
    assert plan(app).horizon.staffing_profile == (0.5, 0.75, 1.0)
    field(app, "text_input", "horizon.staffing_profile").set_value("half").run()
    assert plan(app).horizon.staffing_profile == (0.5, 0.75, 1.0)
    field(app, "text_input", "demand.referral_profile").set_value("20, 60, 100").run()
    assert plan(app).demand.referral_profile == (0.2, 0.6, 1.0)
    assert any("numbers separated by commas" in warning.value for warning in app.warning)
    field(app, "text_input", "mix.staff.8a").set_value("1").run()
    field(app, "text_input", "mix.staff.8a").set_value("two").run()
    assert any("Most WTE of band 8a: 'two' is not a number" in e.value for e in app.error)
    assert [(cap.band, cap.wte) for cap in plan(app).mix.staff] == [("8a", 1.0)]
    field(app, "text_input", "mix.staff.8a").set_value("1").run()
    field(app, "text_input", "horizon.price_uplift").set_value("3").run()
    field(app, "text_input", "horizon.efficiency").set_value("1").run()
    years = next(table.value for table in healthy(app).table if "Cash" in table.value.columns)
    assert {"Referred", "Assessed", "Start", "Waiting at its end", "Contract price"} <= set(
        years.columns
    )
    assert years["Year"].iloc[0].replace("\\", "") == "year 1"
    press(app, "How often is each mix best")
    assert any("best in" in element.value for element in app.markdown)


def test_a_price_index_of_the_users_own_moves_the_benchmark(app: AppTest) -> None:
    go(app, "Options and cost")
    field(app, "text_input", "pricing.own_index.name").set_value("NHSCII, 2025 manual").run()
    field(app, "text_area", "pricing.own_index.values").set_value("2018/19 100\n2026/27 150").run()
    assert plan(app).pricing.own_index is None
    assert any("The index needs" in warning.value for warning in app.warning)
    years = "2018/19 100\n2019/20 102\n2023/24 130\n2024/25 135\n2026/27 150"
    field(app, "text_area", "pricing.own_index.values").set_value(years).run()
    current = plan(app).pricing.own_index
    assert current is not None and current.values["2026/27"] == 150
    field(app, "text_input", "pricing.own_index.name").set_value("943 476 5919").run()
    assert plan(app).pricing.own_index == current
    assert any("this looks like an NHS number" in error.value for error in app.error)
    field(app, "text_input", "pricing.own_index.name").set_value("NHSCII, 2025 manual").run()
    field(app, "text_area", "pricing.own_index.values").set_value("2018/19 lots").run()
    assert plan(app).pricing.own_index == current
    assert any("not a year and a value" in warning.value for warning in app.warning)


def test_the_decision_record_follows_its_answers_as_they_are_given(app: AppTest) -> None:
    open_tab(go(app, "Group and specification"), "Decision record")
    at = "specification.decision."

    def answer(question: str, value: bool | None) -> None:
        field(app, "selectbox", f"{at}selection.answers.{question}").set_value(value).run()
        healthy(app)

    assert any("the answers leave all five open" in info.value for info in app.info)
    for question in ("existing_provider", "only_capable", "unrestricted_choice", "compare"):
        answer(question, False)
    match = next(info.value for info in app.info if info.value.startswith("The answers indicate"))
    assert (
        "most suitable provider process" in match
        and "confirm it with procurement and legal" in match
    )
    answer("satisfying", True)
    assert any("contradict each other" in error.value for error in app.error)
    answer("satisfying", None)
    assert len(plan(app).specification.decision.selection.answers) == 4
    field(app, "text_input", f"{at}selection.weightings.value").set_value("40").run()
    assert any("no weighting yet for" in warning.value for warning in app.warning)
    field(app, "selectbox", f"{at}screening.answers.case_finding").set_value(True).run()
    assert any(
        "before searching records for people to invite begins" in w.value for w in app.warning
    )
    assert healthy(app).session_state["plan"].specification.decision.screening.answers


def test_an_equality_answer_is_kept_when_another_group_is_picked_at_once(app: AppTest) -> None:
    go(app, "Group and specification")
    at = "specification.decision.equality.answers."
    field(app, "text_area", at + "Age").set_value("Fewer young people come")
    app.selectbox(key="equality-group").set_value("Sex").run()
    healthy(app)
    assert plan(app).specification.decision.equality.answers == {"Age": "Fewer young people come"}
    field(app, "text_area", at + "Sex").set_value("Not known").run()
    press(app, "Continue to Summary and papers")
    assert list(plan(app).specification.decision.equality.answers) == ["Age", "Sex"]


def test_an_entry_says_which_of_those_the_framework_asks_for_it_is(app: AppTest) -> None:
    go(app, "Group and specification")
    press(app, "Add an entry")
    field(app, "text_input", "specification.engagement.0.who").set_value("The council").run()
    field(app, "multiselect", "specification.engagement.0.groups").set_value(
        ["Local authorities"]
    ).run()
    assert plan(app).specification.engagement[0].groups == ("Local authorities",)
    assert not any("Local authorities" in info.value for info in healthy(app).info)


def test_the_glossary_holds_every_term_of_both_documents(
    app: AppTest, library: SpecLibrary
) -> None:
    press(app, "Glossary")
    unfold(app)
    cells = "".join(table.value.to_csv() for table in app.table)
    terms = [
        row[0]
        for clause in library.clauses
        if clause.id in ("c3-glossary", "c4-glossary")
        for row in present(clause.table).rows
    ]
    assert len(terms) > 15 and all(term.split(",")[0] in cells.replace("\\", "") for term in terms)
    assert "$" not in cells, "what a document fills in is filled in"
    assert "under section 'Who the Service is for'" in cells.replace("\\", "")
    press(app, "Back to Place and need")
    assert app.title[0].value == "Place and need"


def test_each_letter_of_the_glossary_has_its_tab_and_a_word_is_found_by_a_part_of_it(
    app: AppTest,
) -> None:
    press(app, "Glossary")
    *by_letter, every = unfold(app).tabs
    terms_by_tab = [[*tab.table[0].value["Term"]] for tab in by_letter]
    assert [*every.table[0].value["Term"]] == sum(terms_by_tab, []), (
        "no term is left out, none twice"
    )
    assert all(len(terms) < len(sum(terms_by_tab, [])) / 2 for terms in terms_by_tab)
    box = element_of(app, "text_input", lambda one: one.label == "Find a word")
    (table,) = healthy(box.set_value("pcn").run()).table
    assert table.value["Term"][0] == "PCN" and not app.tabs
    box = element_of(app, "text_input", lambda one: one.label == "Find a word")
    healthy(box.set_value("no such word").run())
    assert not app.main.table and "Try a shorter part" in app.main.info[0].value


def test_a_case_study_is_told_by_its_figures_and_says_why_where_it_prints_none(
    app: AppTest,
) -> None:
    press(app, "Case studies")
    assert {one.label: one.value for one in app.metric} == {
        "Cost a year": "£239,000",
        "People": "658",
        "Cost per person": "£364",
        "Cost per head of population": "£0.34",
    }
    kinds = " ".join(one.value for one in app.main.markdown).replace("\\", "")
    assert "In 2026/27 prices; printed: £0.26 (2018/19)." in kinds
    labelled(app, "Case study").select("cs6").run()
    assert not healthy(app).metric
    assert app.main.info[0].value.replace("\\", "") == (
        "The case study prints no cost and no staffing. The case study does not print how many "
        "people took part."
    )


def test_what_to_keep_in_mind_of_a_case_study_is_said_once(app: AppTest) -> None:
    open_tab(press(app, "Case studies"), "Measure by measure")
    lists = [one.value for one in app.main.markdown if one.value.startswith("- Case study 1")]
    lines = lists[0].splitlines()
    assert len(lines) == len(set(lines)) == 7
    (table,) = app.main.table
    assert "Measure" not in table.value.columns
    assert "Posts as printed" in table.value.to_csv(), "of two readings, which one stands there"


def test_the_last_change_is_taken_back_above_what_the_plan_comes_to(app: AppTest) -> None:
    side = [one.value for one in app.sidebar.markdown]
    save_line = next(at for at, words in enumerate(side) if words.startswith("Saved "))
    figures = next(at for at, words in enumerate(side) if "**The plan so far**" in words)
    assert save_line < figures
    assert re.search(r"\*\*Still missing:\*\* \d+ answers$", side[figures])


def labelled(app: AppTest, label: str) -> Any:
    return element_of(app, "selectbox", lambda box: box.label == label)


def test_a_share_whose_range_cannot_be_holds_its_class_in_view(app: AppTest) -> None:
    go(app, "Place and need")
    share = "prescribing.classes.0.long_term_share"
    field(app, "text_input", share).set_value("50").run()
    field(app, "text_input", f"{share}.low.0.5").set_value("60").run()
    labelled(app, "Class").select(2).run()
    assert labelled(healthy(app), "Class").value == 0
    assert any("Not done, so that nothing typed is lost" in error.value for error in app.error)
    field(app, "text_input", f"{share}.low.0.5").set_value("40").run()
    labelled(app, "Class").select(2).run()
    assert labelled(healthy(app), "Class").value == 2 and not app.error
    own = plan(app).prescribing.classes[0].long_term_share
    assert own is not None and (own.low, own.central, own.high) == (0.4, 0.5, 0.5)


def test_a_click_on_the_heels_of_one_that_changed_the_whole_plan_stops_nothing(
    app: AppTest,
) -> None:
    """It reaches the server after the fields were let go of and before they are drawn from the new
    plan."""
    box = field(app, "text_input", "place.area")
    del app.session_state[box.key]
    box.set_value("Of the plan before").run()
    assert field(healthy(app), "text_input", "place.area").value == plan(app).place.area == ""


BOXES = ("text_input", "text_area", "checkbox", "radio", "selectbox", "multiselect")


def boxes(app: AppTest) -> list[Any]:
    """Every field of the page that is filled from the plan."""
    return [box for kind in BOXES for box in getattr(app, kind) if str(box.key).startswith(FIELD)]


@pytest.mark.slow
def test_a_seeded_value_is_sent_until_the_browser_has_named_it(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a page asked for twice at once would be drawn with empty boxes, and the plan be emptied
    by them."""
    seen = 0
    load_example(app)
    for way in ("1. Place and need", *(f"Continue to {step}" for step in STEPS[1:])):
        with monkeypatch.context() as cut_short:
            cut_short.setattr("planner.screens.ui.session.named_by_browser", lambda *_: set())
            unfold(press(app, way))
            again = boxes(healthy(app.run()))
            assert all(box.proto.set_value for box in again), [
                b.key for b in again if not b.proto.set_value
            ]
        healthy(app.run())
        assert not any(box.proto.set_value for box in boxes(healthy(app.run()))), (
            "a box being typed in is let be"
        )
        seen += len(again)
    assert seen > 150


def test_typing_survives_a_field_that_is_seeded_again(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.screens.ui.session.named_by_browser", lambda *_: set())
    go(load_example(app), "Place and need")
    field(app, "text_input", "author").set_value("Somebody else").run()
    healthy(app.run())
    assert field(app, "text_input", "author").value == plan(app).author == "Somebody else"


def test_of_two_dates_that_do_not_fit_together_one_is_kept(app: AppTest) -> None:
    go(app, "Group and specification")
    field(app, "text_input", "specification.service_start").set_value("01/04/2028")
    field(app, "text_input", "specification.service_end").set_value("01/04/2027").run()
    spec = plan(healthy(app)).specification
    assert str(spec.service_start) == "2028-04-01" and spec.service_end is None
    page_text = "Service ends: not kept (the service must end after it starts)."
    assert [error.value for error in app.error] == [page_text, page_text], (
        "at its field and at the foot"
    )


def elsewhere(**parts: object) -> AppTest:
    """The wizard with a plan that came from elsewhere."""
    reference = load_reference()
    values = starter_plan(reference.find_organisation("QF7"), reference).model_dump()
    for path, value in parts.items():
        *way, last = path.split("__")
        inner: Any = values
        for part in way:
            inner = inner[int(part) if part.isdigit() else part]
        inner[last] = value
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state["plan"] = Plan.model_validate(values)
    return healthy(app.run())


def test_a_plan_for_a_board_we_do_not_hold_is_mended_on_the_first_step() -> None:
    app = elsewhere(place__icb_code="QZZ", place__area="Hull", author="Someone")
    go(app, "Place and need")
    assert any("code QZZ" in warning.value for warning in app.warning)
    assert field(app, "selectbox", "board").value is None
    field(app, "selectbox", "board").set_value("QF7").run()
    assert plan(healthy(app)).place.icb_code == "QF7" and plan(app).author == "Someone"
    assert not app.error
    assert any("Kept as typed for QZZ" in warning.value for warning in app.warning)


def test_looking_at_a_field_changes_nothing_that_we_do_not_offer() -> None:
    app = elsewhere(
        pricing__price_year="2039/40", outcomes__classes__0__evidence="a-trial-of-theirs"
    )
    before = plan(app)
    for step in ("Options and cost", "What to expect"):
        go(app, step)
        unfold(app)
        assert any("cannot be worked out" in error.value for error in app.error)
    assert plan(app) == before
    assert labelled(app, "Evidence on antidepressants").value == "a-trial-of-theirs"
    labelled(app, "Evidence on antidepressants").select_index(0).run()
    press(app, "3. Options")
    field(app, "selectbox", "pricing.price_year").set_value("2026/27").run()
    assert not healthy(app).error


def test_moving_back_to_the_first_board_leaves_nothing_to_clear(app: AppTest) -> None:
    field(app, "text_input", "place.area").set_value("Sheffield").run()
    before = plan(app)
    for icb in ("QKS", "QT6"):
        field(app, "selectbox", "board").set_value(icb).run()
        assert any(
            "Kept as typed for NHS South Yorkshire" in warning.value for warning in app.warning
        )
    field(app, "selectbox", "board").set_value("QF7").run()
    assert plan(healthy(app)) == before
    assert not any("changed the board" in warning.value for warning in app.warning)


def test_what_was_typed_for_the_second_board_is_said_on_the_first(app: AppTest) -> None:
    field(app, "text_input", "place.area").set_value("Sheffield").run()
    field(app, "selectbox", "board").set_value("QKS").run()
    field(app, "text_input", "place.area").set_value("Thanet").run()
    field(app, "selectbox", "board").set_value("QF7").run()
    warned = " ".join(warning.value for warning in healthy(app).warning)
    assert "Kept as typed for NHS Kent and Medway" in warned


@pytest.mark.slow
def test_a_closed_panel_is_not_drawn_and_closing_one_loses_nothing_half_typed(app: AppTest) -> None:
    go(app, "Place and need")
    share, low = "prescribing.classes.0.long_term_share", "low.0.45"
    field(app, "text_input", share).set_value("45").run()
    assert not [box for box in app.text_input if low in present(box.key)]
    field(app, "text_input", f"{share}.{low}").set_value("50").run()
    for key in [key for key, current in app.session_state.items() if is_fold(key) and current]:
        app.session_state[key] = False
    healthy(app.run())
    assert next(box for box in app.text_input if low in present(box.key)).value == "50"
    press(app, "Continue to Who and where")
    assert app.title[0].value == "Place and need"
    assert any("it must hold the share, 45%" in error.value for error in app.error)
    field(app, "text_input", f"{share}.{low}").set_value("").run()
    go(app, "Who and where")
    press(app, "Back to Place and need")
    assert not [box for box in app.text_input if low in present(box.key)]


@pytest.mark.slow
def test_draws_are_bounded_here_and_a_plan_that_holds_more_keeps_them(app: AppTest) -> None:
    go(app, "What to expect")
    field(app, "text_input", "simulation.simulations").set_value("200,000").run()
    more = "200,000 is more than 100,000, the most there can be"
    assert any(more in error.value for error in app.error), "at its box"
    assert field(app, "text_input", "simulation.simulations").value == "200,000"
    press(app, "Continue to")
    assert app.title[0].value == "What to expect", "and the page is not left with it"
    field(app, "text_input", "simulation.simulations").set_value("10 thousand").run()
    assert not app.error
    assert field(app, "text_input", "simulation.simulations").value == "10,000"
    current = plan(app).simulation.model_copy(update={"simulations": 101_000})
    other = AppTest.from_file(str(APP), default_timeout=60)
    other.session_state["plan"] = plan(app).model_copy(update={"simulation": current})
    go(healthy(other.run()), "What to expect")
    assert field(other, "text_input", "simulation.simulations").value == "101,000"
    assert plan(other).simulation.simulations == 101_000
