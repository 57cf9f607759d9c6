"""Steps 1 and 2: need, asked about where it is typed, and whom the service must reach."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.model.place import OrganisationList
from planner.model.prescribing import Basis, ClassPrescribing, CountedOver, CountOf
from planner.model.reference import ReferenceData
from planner.screens.steps.board import one_relation
from tests.screens.test_wizard import (
    element_of,
    field,
    go,
    healthy,
    open_tab,
    plan,
    press,
    started,
    unfold,
    widgets,
)

OPIOIDS = "prescribing.classes.3"


@pytest.fixture
def app() -> AppTest:
    return started()


def text_of(app: AppTest) -> str:
    kinds = ("info", "warning", "error", "markdown", "caption")
    return "\n".join(e.value for kind in kinds for e in widgets(app.main, kind)).replace("\\", "")


def opioids(app: AppTest) -> ClassPrescribing:
    return plan(app).prescribing.classes[3]


def type_in(app: AppTest, path: str, value: Any) -> AppTest:
    return healthy(field(app, "text_input", path).set_value(value).run())


def test_the_first_number_is_of_this_place_and_says_what_it_rests_on(app: AppTest) -> None:
    first = app.main.info[0].value.replace("\\", "")
    assert first.startswith("In South Yorkshire about **341,000 (280,000 to 420,000)** people")
    assert "All five numbers are from the region's items, not local. Next: twelve months" in first
    assert [box.label for box in app.main.selectbox] == [
        "Integrated care board",
        "Population to use for rates",
    ]
    rows = [box for box in app.main.text_input if box.key and "classes." in box.key]
    assert [box.label for box in rows[6:8]] == [
        "People prescribed opioids in a year",
        "On opioids a year or more, %",
    ]
    assert [box.placeholder for box in rows[6:8]] == ["157,000", "50"]
    assert (
        "157,000 (130,000 to 200,000)** from the region's items  \n"
        "Per 1,000: 139.7; England 122.0 (2020/21); boards like this one 128 to 148, modelled."
    ) in text_of(app)


def test_residents_stand_beside_england_group_by_group(app: AppTest) -> None:
    go(app, "Who and where")
    (groups,) = open_tab(app, "Ethnicity").main.table
    assert [*groups.value.columns] == ["Residents of all ages, Census 2021", "Here", "England"]
    assert [*groups.value.iloc[-1]] == ["White", "88%", "81%"]
    assert [box.label for box in app.main.multiselect] == ["Groups it must reach"]


def test_boards_like_this_one_say_what_their_number_is(app: AppTest) -> None:
    open_tab(app, "Boards like this one")
    assert "how far two boards stand apart, in standard deviations" in text_of(app)


@pytest.mark.parametrize(
    ("answer", "entry", "display", "then"),
    [
        ("A month's", {"counted_over": CountedOver.MONTH},
         "Your 16,000 is kept as people in a month, and brought up to a year's.", "42,100"),
        ("One medicine's", {"count_of": CountOf.ONE_MEDICINE},
         "is kept as people on one medicine of the class (opioids), and not taken for the class",
         "157,000"),
        ("Long term only", {"count_of": CountOf.LONG_TERM},
         "is kept as people on the class for a year or more (opioids)", "157,000"),
        ("It is right", {"confirmed": 16_000}, "You said that 16,000 is right.", "16,000"),
    ],
)  # fmt: skip
def test_a_count_at_half_or_double_is_asked_about_and_each_answer_is_one_click(
    app: AppTest, answer: str, entry: dict[str, Any], display: str, then: str
) -> None:
    # What else is typed on the page, right or wrong, is no hindrance.
    type_in(app, "prescribing.classes.0.patients", "9 million")
    type_in(app, f"{OPIOIDS}.patients", "1.6E4")
    before = opioids(app)
    assert "16,000 is less than half of the 157,000 expected here" in text_of(app)
    press(app, answer)
    assert opioids(app) == before.model_copy(update=entry)
    assert display in text_of(app) and f"**{then}" in text_of(app)
    assert field(app, "text_input", f"{OPIOIDS}.patients").value == "16,000"
    press(app, "Take that back")
    assert opioids(app) == before and "less than half of the 157,000" in text_of(app)


def test_one_figure_is_a_share_and_the_published_spread_is_offered(app: AppTest) -> None:
    share = f"{OPIOIDS}.long_term_share"
    type_in(app, share, "45")
    one = opioids(app).long_term_share
    assert one is not None and (one.low, one.central, one.high) == (0.45, 0.45, 0.45)
    press(app, "Continue to Who and where")
    press(app, "Back to Place and need")
    element_of(app, "selectbox", lambda box: box.label == "Class").select(3).run()
    assert "Long-term share 45%: no range given; it is taken as it is." in text_of(app)
    press(app, "Use the published spread, 41% to 50%")
    spread = opioids(app).long_term_share
    assert spread is not None and spread.low < spread.central == 0.45 < spread.high
    assert field(app, "text_input", share).value == "45", "the share itself stays"
    type_in(app, f"{share}.low.0.45", "30")
    own = opioids(app).long_term_share
    assert own is not None and (own.low, own.central) == (0.3, 0.45)
    type_in(app, share, "1/2")
    again = opioids(app).long_term_share
    assert again is not None and (again.low, again.high) == (0.5, 0.5)
    press(type_in(app, share, ""), "Continue to")
    assert opioids(app).long_term_share is None and app.title[0].value == "Who and where"


def test_a_count_of_other_people_is_said_not_to_be_used_and_is_so_once_they_are_chosen(
    app: AppTest,
) -> None:
    type_in(app, f"{OPIOIDS}.patients", "150,000")
    element_of(app, "selectbox", lambda box: box.label == "Class").select(3).run()
    field(app, "selectbox", f"{OPIOIDS}.counted").set_value(Basis.REGISTERED_ADULTS).run()
    assert "The local count is not used: it is of adults (18 and over) registered" in text_of(app)
    open_tab(app, "Beside England")
    title = "England's rates; the local counts are not of this plan's population"
    assert title in [one.value.replace("\\", "") for one in app.main.header]
    field(app, "selectbox", "population.basis").set_value(Basis.REGISTERED_ADULTS).run()
    assert "**150,000** local count" in text_of(healthy(app)) and "is not used" not in text_of(app)


def test_every_list_of_boards_looked_at_and_come_back_from_is_the_same_board(
    reference: ReferenceData,
) -> None:
    questions = 0
    for of_list in OrganisationList:
        (other,) = (one for one in OrganisationList if one is not of_list)
        here, there = reference.icbs(of_list), reference.icbs(other)
        for board in here:
            match = one_relation(board, there, None)
            questions += match is None
            ways = (
                [match]
                if match
                else [one for one in there if one.code in (*board.successors, *board.predecessors)]
            )
            assert ways
            for way in ways:
                assert one_relation(way, here, board.code) == board, (board.code, way.code)
    assert questions == 9


def test_a_board_of_several_on_the_other_list_is_asked_about_and_comes_back(app: AppTest) -> None:
    field(app, "selectbox", "board").set_value("T6Y0W").run()
    older, newer = OrganisationList.TO_MARCH_2026, OrganisationList.FROM_APRIL_2026
    field(app, "radio", "list").set_value(older).run()
    assert field(app, "selectbox", "board").value is None
    assert "Norfolk and Suffolk is more than one board on this list" in text_of(app)
    assert plan(app).place.icb_code == "T6Y0W", "nothing is changed until it is chosen"
    field(app, "radio", "list").set_value(newer).run()
    assert field(healthy(app), "selectbox", "board").value == "T6Y0W"
    field(app, "radio", "list").set_value(older).run()
    field(app, "selectbox", "board").set_value("QJG").run()
    assert plan(healthy(app)).place.icb_code == "QJG"
    field(app, "radio", "list").set_value(newer).run()
    assert plan(healthy(app)).place.icb_code == "T6Y0W", "and not Essex, which is a relation too"


def test_whom_to_reach_comes_first_and_what_is_known_stands_in_tabs(app: AppTest) -> None:
    go(app, "Who and where")
    assert app.main.info[0].value.startswith("Nothing local yet: bring a file.")
    assert [tab.label for tab in app.tabs] == [
        "Deprivation", "Sex and age", "Ethnicity", "Places", "Months",
    ]  # fmt: skip
    field(app, "multiselect", "inequality.groups").set_value(["Pregnant women"]).run()
    unfold(app)
    for path, value in (("classes.3.by_quintile.0", 900), ("classes.3.women", 500),
                        ("reached_by_group.White", 30)):  # fmt: skip
        field(app, "number_input", f"inequality.{path}").set_value(value).run()
    current = plan(healthy(app)).inequality
    assert current.groups == ("Pregnant women",) and current.classes[3].women == 500
    assert current.classes[3].by_quintile[0] == 900
    open_tab(app, "Months")
    assert "Bring a file for the board's own months" in text_of(app)
    press(app, "Bring a file or fetch")
    assert app.title[0].value == "Local files"
    press(app, "Back to Who and where")
    assert app.title[0].value == "Who and where"
