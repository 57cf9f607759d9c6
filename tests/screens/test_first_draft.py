"""The front page, the three pages of a first draft, and what people type there, without a
browser."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.analysis.economics.example import starter_plan
from planner.analysis.results.results import Results, results
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from planner.screens import navigation
from planner.screens.ui import session
from planner.screens.ui.plan_state import PLAN
from planner.screens.ui.typed import (
    amount,
    number_in,
    number_text,
    per_cent,
    share,
    whole_number,
    without_a_patient,
)
from tests.screens.test_options import choose, rows
from tests.screens.test_wizard import (
    APP,
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

CLINICS = "Pharmacist review clinics in primary care"
THERAPISTS = "Therapists with peer support"
CAPACITY = "Provider's stated capacity, people a year"


def opened() -> AppTest:
    return healthy(AppTest.from_file(str(APP), default_timeout=60).run())


def begun(board: str = "QKS") -> AppTest:
    """A first draft with its board chosen."""
    app = press(opened(), "A first draft in three questions")
    return healthy(field(app, "selectbox", "board").set_value(board).run())


def box(app: AppTest, label: str) -> Any:
    return element_of(app, "text_input", lambda one: one.label == label)


def tick(app: AppTest, name: str) -> Any:
    return next(one for one in app.checkbox if one.label.startswith(name))


def text_of(app: AppTest) -> str:
    return app.main.info[0].value.replace("\\", "")


def test_the_front_page_chooses_no_board_and_has_two_doors_and_the_example() -> None:
    app = opened()
    assert PLAN not in app.session_state
    assert [button.label for button in app.main.button] == [
        "A first draft in three questions (10 minutes)",
        "Work through it (six steps)",
        "Load the South Yorkshire example",
    ]
    press(app, "Load the South Yorkshire example")
    assert app.title[0].value == "Summary and papers"
    assert plan(app).title == "Example plan, South Yorkshire"
    press(app, "Front page")
    draft = press(app, "A first draft in three questions")
    side = " ".join(one.value for one in draft.sidebar.markdown)
    assert "not yet chosen" in side and "South Yorkshire" not in side
    assert field(draft, "selectbox", "board").value is None
    assert not [one for one in draft.main.button if one.proto.type == "primary"], (
        "there is nothing to go on to before a board is chosen"
    )
    press(press(draft, "Front page"), "Load the South Yorkshire example")
    words = [one.value for one in draft.main.markdown]
    assert ":small[Step 6 of 6]" in words, "the example is no page of the draft begun before"


def test_an_empty_long_term_share_shows_the_shares_that_the_sums_use() -> None:
    app = begun()
    assert box(app, "On any of the five a year or more, %").placeholder == "50 to 67, by class"
    healthy(box(app, "People prescribed opioids in a year").set_value("141,250").run())
    assert box(app, "On opioids a year or more, %").placeholder == "50"


def test_the_whole_plan_has_no_board_and_no_service_until_they_are_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(plan: Plan) -> Results:
        raise AssertionError(f"something was worked out for {plan.place.icb_code}")

    app = press(opened(), "Work through it")
    with monkeypatch.context() as patched:
        patched.setattr(session, "_results_for", fail)
        for step in (step for step in navigation.PAGES if step.needs_icb):
            if step not in navigation.OFF_THE_SIDE:
                go(app, step.title)
                assert "Choose the board first" in text_of(app) and not app.metric
                assert not app.main.checkbox and not widgets(app, "download_button")
                (way,) = (one for one in app.main.button if one.proto.type == "primary")
                assert way.label == "Choose the board"
        go(app, "Case studies")
        assert any("What it does" in one.value for one in app.markdown) and not app.main.info
        assert len(open_tab(app, "Measure by measure").table) == 1
        numbers = unfold(app).table[2].value.to_csv()
        assert "cost of the service a year / population of the area" in numbers
        go(app, "Place and need")
        assert field(app, "selectbox", "board").value is None
        assert "Choose the board first" in text_of(app) and not app.main.text_input
        assert "South Yorkshire" not in " ".join(one.value for one in app.sidebar.markdown)
    healthy(field(app, "selectbox", "board").set_value("QF7").run())
    assert "In South Yorkshire about" in text_of(app)
    assert [one.is_do_nothing for one in plan(app).options] == [True]
    assert "Add what might be bought" in text_of(go(app, "Options and cost"))
    assert [tab.label for tab in app.tabs] == ["Beside the case studies"]
    assert "nothing to expect" in text_of(go(app, "What to expect")) and not app.tabs
    (link,) = app.main.get("page_link")
    assert link.proto.label == "Add one on step 3, Options and cost"
    go(app, "Place and need")
    healthy(field(app, "selectbox", "board").set_value("QKS").run())
    press(app, "Undo")
    assert field(app, "selectbox", "board").value == "QF7"


def test_counts_are_taken_as_people_have_them_and_a_wrong_one_is_said_at_its_box() -> None:
    app = begun()
    assert plan(app).place.icb_code == "QKS" and "In Kent and Medway about" in text_of(app)
    assert box(app, "People prescribed opioids in a year").placeholder == "153,000"
    box(app, "People prescribed opioids in a year").set_value("1.41E+05").run()
    assert plan(healthy(app)).prescribing.classes[3].patients == 141_000
    assert box(app, "People prescribed opioids in a year").value == "141,000"
    assert any("opioids: local count" in one.value.replace("\\", "") for one in app.main.markdown)
    box(app, "On opioids a year or more, %").set_value("1/2").run()
    shares = [row.long_term_share for row in plan(healthy(app)).prescribing.classes]
    one = shares.pop(3)
    assert one and (one.low, one.central, one.high) == (0.5, 0.5, 0.5)
    assert not any(shares), "what is known of one class is said of no other"
    box(app, "On opioids a year or more, %").set_value("").run()
    assert not any(row.long_term_share for row in plan(healthy(app)).prescribing.classes)
    box(app, "People prescribed Z-drugs in a year").set_value("about 20").run()
    assert "'about 20' is not a number" in app.main.error[0].value.replace("\\", "")
    press(app, "Continue to")
    assert app.title[0].value == "Where, and what you know", "what is wrong does not leave silently"
    box(app, "People prescribed Z-drugs in a year").set_value("137 thousand").run()
    assert any("more than double" in one.value for one in healthy(app).main.warning)
    press(app, "Continue to")
    assert app.title[0].value == "What you might buy"
    assert plan(app).prescribing.classes[4].patients == 137_000


def test_what_is_ticked_quoted_or_posted_is_in_the_plan_and_in_one_table(
    reference: ReferenceData,
) -> None:
    app = press(begun(), "Continue to")
    assert len(rows(app)) == 3 and [one.is_do_nothing for one in plan(app).options] == [True]
    tick(app, CLINICS).check().run()
    ours = {one.id: one for one in starter_plan(
        reference.find_organisation("QKS"), reference).options}  # fmt: skip
    assert plan(healthy(app)).options[1] == ours["pharmacist-clinics"]
    assert plan(app).preferred_option == "pharmacist-clinics", "the only one is put forward"
    choose(app, "prefer", "")
    assert plan(healthy(app.run())).preferred_option is None, "unless the user takes that back"
    assert f"{CLINICS} would cost about £813,000 a year" in text_of(app)
    box(app, "Budget a year, £").set_value("£0.7m").run()
    assert plan(healthy(app)).pricing.budget == 700_000
    for label, value in (
        ("Who quoted", "A provider"), ("Price, £", "420 thousand"),
        (CAPACITY, "600"), ("What it includes", "everything but venues"),
    ):  # fmt: skip
        box(app, label).set_value(value).run()
    more = "More are added to the same team on step 3, Options and cost: press Change there."
    assert any(more in one.value for one in app.markdown)
    press(app, "Continue to")
    assert app.title[0].value == "What you might buy", "a quote half added is not lost"
    press(app, "Add this quote")
    box(app, "Whole-time posts").set_value("2,4").run()
    press(app, "Add these posts")
    quote, posts = plan(app).options[2:]
    assert quote.stated_capacity and quote.stated_capacity.central == 600 and quote.effect is None
    assert quote.description.endswith("It includes: everything but venues.")
    assert (posts.posts[0].wte, posts.posts[0].band, posts.effect) == (2.4, "7", None)
    table = rows(app)
    assert table[CLINICS]["Within budget"].startswith("no, £")
    assert table["A provider"]["Cost a year"].startswith("£420,000")
    assert table["A provider"]["Within budget"] == "yes"
    first = next(name for name in table if name.startswith("Case study 1"))
    second = next(name for name in table if name.startswith("Case study 2"))
    assert (table[first]["Cost a year"], table[first]["Per head"]) == ("£638,000", "£0.34")
    assert table[second]["Within budget"] == "yes"
    choose(app, "prefer", "quote")
    assert text_of(healthy(app.run())).count("A provider would cost about £420,000 a year") == 1
    choose(app, "remove", "quote")
    assert [one.id for one in plan(healthy(app)).options[1:]] == ["pharmacist-clinics", "posts"]
    assert plan(app).preferred_option is None
    tick(app, CLINICS).uncheck().run()
    assert plan(healthy(app)).preferred_option == "posts"
    tick(app, THERAPISTS).check().run()
    assert plan(healthy(app)).preferred_option == "posts"
    press(app, "Back to Where")
    order = [one.label for one in app.main.text_input]
    assert [label.split(" in a year")[0] for label in order[:5]] == [
        f"People prescribed {of.label}" for of in MedicineClass
    ], "the keyboard goes as the eye does"
    field(app, "selectbox", "board").set_value("QF7").run()
    there = {one.id: one for one in starter_plan(
        reference.find_organisation("QF7"), reference).options}  # fmt: skip
    options = {one.id: one for one in plan(healthy(app)).options}
    assert options["therapist-peer"] == there["therapist-peer"], "sized to the new board"
    assert options["posts"] == posts


def test_the_summary_says_six_figures_what_they_rest_on_and_five_things_to_find_out() -> None:
    app = begun()
    box(app, "People prescribed opioids in a year").set_value("141000").run()
    go_on = press(press(app, "Continue to"), "Continue to")
    assert len(go_on.metric) == 3 and "would cost" not in text_of(go_on)
    press(go_on, "Back to")
    tick(app, CLINICS).check().run()
    press(app, "Continue to")
    assert [one.label for one in app.metric] == [
        "People prescribed in a year",
        "On them for a year or more",
        "Referred in a full year",
        "Cost a year",
        "Assessed in a full year",
        "Cost per head, all ages",
    ]
    # One figure is one everywhere: the sentence to say has each as it stands below it.
    for metric in (*app.metric[:2], *app.metric[3:5]):
        assert f"bout {metric.value} " in text_of(app), metric.label
    words = "\n".join(one.value for one in app.main.markdown).replace("\\", "")
    for rests in ("Local for 1 of 5 classes", "Assumed: the planner's rate", "Modelled from posts"):
        assert rests in words
    links = [one.proto.label for one in app.main.get("page_link")]
    assert len(links) == 8 and links[-1].startswith("Go on in full")
    assert "Give these on step 3, Options and cost" in links, "where the option is preferred"
    labels = [one.label for one in widgets(app, "download_button")]
    assert "Download the Action 3 paper (Word)" in labels and "Download the workbook" in labels
    # All that is missing is a link too, to the step that it is given on.
    every = " ".join(one.proto.label for one in unfold(app).main.get("page_link"))
    missing = results(plan(app), load_reference()).missing_inputs
    assert len(missing) > 20
    assert all(gap.what.split()[-1] in every.replace("\\", "") for gap in missing)


def test_what_looks_like_a_patient_is_stopped_at_any_box_of_text() -> None:
    app = go(started(), "Group and specification")
    field(app, "text_input", "specification.chair").set_value("NHS no 943 476 5919").run()
    assert "looks like an NHS number" in healthy(app).main.error[0].value
    assert plan(app).specification.chair == ""
    press(app, "Continue to")
    assert app.title[0].value == "Group and specification"
    field(app, "text_input", "specification.chair").set_value("Mr John Smith, ext. 4765919").run()
    assert not app.error and plan(app).specification.chair == "Mr John Smith, ext. 4765919"


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("141,000", 141_000), ("141 000", 141_000), ("1.41E+05", 141_000),
        ("137 thousand", 137_000),
        ("137k", 137_000), ("1.4m", 1_400_000), ("£2.5 million", 2_500_000), ("1/2", 0.5),
        ("0,5", 0.5), ("12%", 12), ("45 per cent", 45), ("-5%", -5), ("\N{MINUS SIGN}£2k", -2000),
        ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_meant(typed: str, means: float | None) -> None:
    assert number_in(typed) == means


@pytest.mark.parametrize(
    ("read", "typed", "because"),
    [
        (whole_number, "1/2", "not a whole number"), (whole_number, "1.234", "not a whole number"),
        (whole_number, "12,34,567", "not a number"), (whole_number, "-5", "less than 0"),
        (whole_number, "1e999", "too large"),
        (whole_number, "141000.4", "'141000.4' is not a whole number"),
        (whole_number, "141.000", "may be 141 or 141,000"), (whole_number, "-", "not a number"),
        (whole_number, "1e12", "more than 100,000,000"), (whole_number, "1/0", "not a number"),
        (share, "0,5", "may be 0.5% or 50%"), (share, "140", "more than everyone"),
        (amount, "ten", "not a number"),
    ],
)  # fmt: skip
def test_what_may_mean_two_things_or_nothing_is_refused(
    read: Any, typed: str, because: str
) -> None:
    with pytest.raises(ValueError, match=because):
        read(typed, **({} if read is share else {"most": 100_000_000}))


def test_a_box_in_per_cent_takes_a_fraction_for_a_share() -> None:
    texts = ("45%", "45 per cent", "0,5", "1/2", "1/3", "1/2 %", "-5%", "")
    read = [per_cent(one, least=-10) for one in texts]
    assert read == [45, 45, 0.5, 50, 33.333333, 0.5, -5, None]
    with pytest.raises(ValueError, match="-5 is less than 0, the least there can be"):
        per_cent("-5")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, ""), (0, "0"), (141_000, "141,000"), (2.5, "2.5"), (0.1 + 0.2, "0.3"),
        (123_456_789.25, "123,456,789.25"), (-2.0, "-2"), (1e12, "1,000,000,000,000"),
    ],
)  # fmt: skip
def test_a_box_shows_every_digit_of_its_number_and_takes_it_for_the_same(
    number: float | None, text: str
) -> None:
    assert number_text(number) == text
    assert number_in(text) == (number if number is None else pytest.approx(number, abs=1e-10))


def test_a_share_is_in_per_cent_or_a_fraction() -> None:
    assert [share(one) for one in ("1/2", "50", "50%", "0.5%", "0", "")] == [
        0.5, 0.5, 0.5, 0.005, 0.0, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ["9434765919", "see 943-476-5919", "DOB 3/4/1961", "born on 3 April 1961", "patient Mr Smith",
     "Patient: Joan Smith, aged 62"],
)  # fmt: skip
def test_what_tells_of_one_patient_is_known(words: str) -> None:
    with pytest.raises(ValueError, match="nothing about any one person"):
        without_a_patient(words)


@pytest.mark.parametrize(
    "words",
    ["020 7946 0958", "Contract C/2026/0412345678901", "patients of Mr Smith's clinic are invited",
     "Patient Safety Lead, NHS Kent", "from 3 April 2026", "£9,434,765,919"],
)  # fmt: skip
def test_what_a_plan_rightly_says_is_let_be(words: str) -> None:
    assert without_a_patient(words) == words
