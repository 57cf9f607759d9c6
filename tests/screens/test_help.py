"""Each figure says its unit, basis and source; each missing number says why it is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.analysis.calculation.inputs import BY_PATH
from planner.analysis.formatting import capital
from planner.model.document import NO_NUMBER
from planner.model.labels.plan import LABELS
from planner.model.place import Place
from planner.model.plan import Plan
from planner.reference.field_help import field_help, load_field_helps
from planner.screens.navigation import STEPS, TOOLS
from planner.screens.steps.option_table import EDITING
from planner.screens.steps.options import ADDING
from planner.screens.ui.display import HIDDEN
from planner.screens.ui.form import SCENARIOS, SHARE, help_words
from planner.screens.ui.plan_state import PLAN
from planner.screens.ui.session import FIELD, VISIT
from tests.present import present
from tests.readability import readability
from tests.screens.test_wizard import unfold, widgets

APP = Path(__file__).parents[2] / "streamlit_app.py"
FIRST = re.compile(rf"{FIELD}\d+:")
"""What the keys of fields begin with, in each session another."""
ALONE = re.compile(
    rf"[:*] *({'|'.join((*NO_NUMBER, 'not yet chosen', 'not yet decided', 'not yet'))})\.?$"
)
"""A line that says a number or choice is missing, and nothing more."""
TEXTS = ("markdown", "info", "warning", "success", "error")


@dataclass(frozen=True)
class Page:
    """What one page of the wizard shows: its number and text fields, its words, and the tables."""

    title: str
    numbers: dict[str, str]
    texts: dict[str, str]
    help_texts: tuple[str, ...]
    side: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """All the running text of the page's own part."""
        return "\n".join(self.help_texts).replace("\\", "")


def walked(plan: Plan) -> tuple[Page, ...]:
    """Every page, with the plan open on it."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[PLAN] = plan
    app.run()
    pages = [_page(app)]
    for key, title in (
        *((f"go:{step.id}", step.title) for step in (*STEPS, *TOOLS)),
        ("go:need", STEPS[0].title),
        ("bring-a-file", "Local files"),
    ):
        next(button for button in app.button if button.key == key).click().run()
        assert app.title[0].value == title
        pages.append(_page(app))
    return tuple(pages)


def _options_and_a_quote(plan: Plan) -> tuple[Page, ...]:
    """The step on options, with each of them open, and with a quote being added."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[PLAN] = plan
    app.run()
    next(button for button in app.button if button.key == "go:options").click().run()
    pages = []
    for visit in (
        *({EDITING: option.id} for option in plan.options if not option.is_do_nothing),
        {ADDING: "Add a quote"},
    ):
        app.session_state[VISIT] = visit
        app.run()
        pages.append(_page(app))
    return tuple(pages)


def _page(app: AppTest) -> Page:
    unfold(app)
    assert not app.exception, [e.value for e in app.exception]
    assert app.session_state[PLAN] is not None
    return Page(
        title=app.title[0].value,
        numbers={present(w.key): w.proto.help for w in app.main.number_input},
        texts={present(w.key): w.proto.help for w in (*app.main.text_input, *app.main.text_area)},
        help_texts=(
            *(e.value for kind in TEXTS for e in widgets(app.main, kind)),
            " ".join(f"{e.label}: {e.value}" for e in widgets(app.main, "metric")),
        ),
        side=tuple(e.value for e in app.sidebar.markdown),
        cells=tuple(
            (str(column).replace("\\", ""), str(cell).replace("\\", ""))
            for table in app.main.table
            for column in table.value.columns
            for cell in table.value[column]
        ),
    )


@pytest.fixture(scope="module")
def filled(maximal: Plan) -> tuple[Page, ...]:
    """Every box filled, figures of our own among them, small counts, and a place whose people are
    not known."""
    values = maximal.model_dump()
    values["outcomes"]["classes"][3].update(
        evidence=None,
        stopped={"low": 0.2, "central": 0.3, "high": 0.4},
        usual={"low": 0.05, "central": 0.1, "high": 0.15},
        source="Test audit",
    )
    option = next(one for one in values["options"] if one["id"] == values["preferred_option"])
    option["posts"][0].update(band="other", salary=70_000)
    quintiles = values["inequality"]["classes"]
    quintiles[1].update(by_quintile=(3, 400, 300, 200, 100), women=None)
    quintiles[2].update(by_quintile=(None, 10_000, 7_900, 5_000, 3_000))
    values["areas"]["areas"] = [
        *values["areas"]["areas"],
        {"code": "C99999", "name": "New practice", "level": "practice"},
    ]
    plan = Plan.model_validate(values)
    return (*walked(plan), *_options_and_a_quote(plan))


@pytest.fixture(scope="module")
def bare(starter: Plan) -> tuple[Page, ...]:
    return walked(starter)


@pytest.fixture(scope="module")
def without_rates(starter: Plan) -> tuple[Page, ...]:
    """A starter plan on a basis for which England has no rates, for a board whose deprivation is
    not known."""
    values = starter.model_dump() | {"place": Place(icb_code="S0E4D").model_dump()}
    values["population"]["basis"] = "registered_adults"
    values["preferred_option"] = values["options"][1]["id"]
    return walked(Plan.model_validate(values))


def path_of(key: str) -> str:
    """The path of a field in the plan: of three boxes that belong together, their one path."""
    path = FIRST.sub("", key)
    front, _, last = path.rpartition(".")
    return front if last in SCENARIOS else path


@pytest.mark.slow
@pytest.mark.parametrize("plan", ["filled", "bare"])
def test_every_number_says_its_unit_its_basis_and_where_it_is_found(
    plan: str, request: pytest.FixtureRequest
) -> None:
    pages = request.getfixturevalue(plan)
    assert sum(len(page.numbers) for page in pages) > 80
    for page in pages:
        for key, help in page.numbers.items():
            entry = field_help(path_of(key))
            assert entry is not None, f"{key} on {page.title} has no entry in field_help.yaml"
            words = help_words(path_of(key), entry.above)
            if entry.above:
                assert words in page.words and not help, f"{key}: its group does not say it"
            elif key.endswith((".central", ".high")) and path_of(key) != FIRST.sub("", key):
                lowest = key.replace(FIRST.sub("", key), f"{path_of(key)}.low")
                assert words in page.numbers[lowest] and not help, key
            else:
                assert help.startswith(words), key


@pytest.mark.slow
def test_every_entry_is_drawn_somewhere(filled: tuple[Page, ...]) -> None:
    rendering = {path_of(key) for page in filled for key in (*page.numbers, *page.texts)}
    for entry in load_field_helps().entries:
        for pattern in entry.fields:
            alone = entry.model_copy(update={"fields": (pattern,)})
            assert any(alone.is_of(path) for path in rendering), f"no field is drawn for {pattern}"


@pytest.mark.slow
def test_figures_typed_as_words_have_their_help_too(filled: tuple[Page, ...]) -> None:
    helped = [key for page in filled for key in page.texts if field_help(FIRST.sub("", key))]
    assert {key.rpartition(".")[2] for key in helped} == {
        "staffing_profile", "referral_profile", "name", "values", "capacity", "wait", "baseline",
        "threshold", "patients", "long_term_share", "budget", "price", "people", "amount",
            "funding_found",
    }  # fmt: skip
    for page in filled:
        for key, help in page.texts.items():
            entry = field_help(FIRST.sub("", key))
            # Its name, above it, says it.
            if entry is not None and not key.endswith("own_index.values"):
                words = help_words(FIRST.sub("", key), entry.above)
                assert words in (page.words if entry.above else help), key


def help_of_all() -> list[str]:
    """The help of every entry, with the unit that a reader sees."""
    return [
        help_words(entry.fields[0].replace("*", "0"), entry.above)
        for entry in load_field_helps().entries
    ]


def test_a_unit_is_in_the_help_or_the_register_and_not_in_both() -> None:
    for entry in load_field_helps().entries:
        paths = [pattern for pattern in entry.fields if pattern in BY_PATH]
        if entry.unit:
            register = {SHARE.sub("per cent", BY_PATH[path].unit) for path in paths}
            assert register != {entry.unit}, f"{entry.fields}: the register says it"
        else:
            assert set(paths) == set(entry.fields), f"{entry.fields}: no unit"
            assert len({BY_PATH[path].unit for path in paths}) == 1, entry.fields
    assert help_words("horizon.pay_growth").startswith("**Unit:** per cent a year. **Where")
    assert help_words("demand.response").startswith("**Unit:** per cent, of the people written to")


def test_the_help_is_plain_english() -> None:
    result = readability("\n".join(help_of_all()).replace("**", ""))
    assert result.lix < 40 and result.mean < 15 and not result.long_sentences


def test_help_names_the_place_where_the_domain_says_the_number_is() -> None:
    for path, names in {
        "prescribing.classes.0.patients": ("ePACT2", "Medicines Used in Mental Health"),
        "prescribing.classes.3.patients": ("ePACT2", "Dependency Forming Medicines"),
        "prescribing.classes.3.items": ("OpenPrescribing", "English Prescribing Dataset"),
        "prescribing.high_dose_opioid_patients": ("opioid prescribing comparators",),
        "population.entered": ("ONS mid-year", "Patients Registered at a GP Practice"),
        "pricing.budget": ("finance team",),
        "options.1.posts.0.wte": ("rota",),
        "options.1.posts.0.salary": ("NHS Staff Earnings",),
        "horizon.discount_rate": ("Green Book",),
    }.items():
        entry = field_help(path)
        assert entry is not None and all(name in entry.where for name in names), path


@pytest.mark.slow
@pytest.mark.parametrize("plan", ["filled", "bare", "without_rates"])
def test_whatever_is_missing_says_why(plan: str, request: pytest.FixtureRequest) -> None:
    """A bare "not known" in a table has a reason for its column below; in running text, words after
    it."""
    seen = 0
    for page in request.getfixturevalue(plan):
        for column, cell in page.cells:
            for words in HIDDEN:
                if words in cell:
                    assert f"- {words.capitalize()}: " in page.words, f"{page.title}: {cell}"
            if cell in NO_NUMBER:
                seen += 1
                named = rf"^- (?:[^:\n]*(?:, | and ))?{re.escape(column)}(?:(?:, | and )[^:\n]*)?"
                reason = re.search(rf"{named}: (.+)$", page.words, re.M)
                assert reason and len(reason[1].split()) > 3, f"{page.title}, {column}: {cell}"
        for item in (*page.help_texts, *page.side):
            for line in item.replace("\\", "").splitlines():
                assert not ALONE.search(line.strip()), f"{page.title}: {line}"
    assert seen >= 3, "the plan was to lack something"


@pytest.mark.slow
def test_the_side_says_why_the_need_is_missing(
    without_rates: tuple[Page, ...], bare: tuple[Page, ...]
) -> None:
    side = "\n".join(without_rates[1].side)
    assert "**People prescribed:** not given, because there is no count or rate for" in side
    assert "because" not in "\n".join(bare[1].side)


@pytest.mark.slow
def test_the_headline_numbers_have_their_receipts_on_the_step(filled: tuple[Page, ...]) -> None:
    """Each number of the line that a step opens with stands in a table of receipts on the same
    page."""
    # The first of each title, which is the step with nothing of it opened in its place.
    pages = {page.title: page for page in reversed(filled)}
    for title, most in (("Place and need", 2), ("Options and cost", 3), ("What to expect", 3)):
        page = pages[title]
        opening = next(
            item for item in page.help_texts if re.search(r"(About|would cost|Assessed in) ", item)
        )
        values = {cell for column, cell in page.cells if column == "Value"}
        rows = [value for value in values if value.split(" (")[0] in opening.replace("\\", "")]
        assert len(rows) >= most, (title, opening, values)
        receipts = {column for column, _ in page.cells}
        assert {"Number", "Value", "Kind", "How", "Over whom", "Source"} <= receipts


@pytest.mark.slow
def test_the_glossary_holds_every_abbreviation_and_name_that_the_help_uses(
    bare: tuple[Page, ...],
) -> None:
    cells = [cell for page in bare if page.title == "Glossary" for _, cell in page.cells]
    explained = " ".join(cells)
    help = " ".join(help_of_all())
    used = set(re.findall(r"\b(?:[A-Za-z]*[A-Z][A-Z0-9]+[a-z0-9]*|OpenPrescribing)\b", help))
    assert {"ONS", "LSOAs", "WTE", "NHSBSA"} <= used
    known = {"NHS", "HM", "GP"}
    assert not [word for word in used - known if word.removesuffix("s") not in explained]
    for word in (
        "Gross and net",
        "95% interval",
        "Draws and seed",
        "Usual care",
        "Receipt",
        "Sub-ICB location",
    ):
        assert word in cells, word


@pytest.mark.slow
def test_with_no_option_preferred_the_later_steps_say_whose_numbers_they_show(
    bare: tuple[Page, ...], filled: tuple[Page, ...]
) -> None:
    text = "No option is preferred yet, so this is of the first that sees people."
    for pages, times in ((bare, 1), (filled, 0)):
        (page,) = (page for page in pages if page.title == "What to expect")
        assert page.words.count(text) == times


def test_a_box_says_its_own_words_only_where_they_are_not_the_label() -> None:
    for model, fields in LABELS.items():
        for name, label in fields.items():
            assert name in model.model_fields, f"{model.__name__}.{name}"
            assert label.asks != capital(label.label or "-"), f"{model.__name__}.{name}: said twice"
