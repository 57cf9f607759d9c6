"""The page beside the steps: a specification is checked, and nothing of it stays."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.intake.word_samples import old_specification
from tests.screens.test_wizard import field, go, healthy, plan, press, started, widgets

# Processes of their own, servers or large files: left out of the quick loop.
pytestmark = pytest.mark.slow

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def app() -> AppTest:
    return press(started(), "Check a specification")


def bring(app: AppTest, name: str, data: bytes) -> AppTest:
    return healthy(app.file_uploader[0].set_value((name, data, WORD)).run())


def text_of(app: AppTest) -> str:
    cells = [*app.markdown, *app.info, *app.warning, *app.error]
    return "\n".join(str(element.value) for element in cells).replace("\\", "")


def test_the_finding_comes_first_and_a_person_decides(app: AppTest) -> None:
    before = plan(app)
    assert app.title[0].value == "Check a specification"
    assert "A person decides" in text_of(app)
    bring(app, "spec-2015.docx", old_specification())
    assert (
        "spec-2015.docx. Actions 3 and 4: 28 musts and shoulds, 15 to consider or that may help "
        "and 4 examples. Found: 5 musts and shoulds." in text_of(app).replace("*", "")
    )
    assert [m.value for m in app.metric] == ["5 of 28", "0 of 28", "23 of 28"]
    assert [h.value for h in app.header] == [
        "What was found", "Requirements of the framework", "Headings", "Indicators",
        "What a specification should hold", "Like an operational policy", "Language",
        "Still to be filled in", "Accessibility",
    ]  # fmt: skip
    assert [b.label for b in widgets(app, "download_button")] == ["Download this report (CSV)"]
    assert plan(app) == before


def test_other_actions_are_a_click_away(app: AppTest) -> None:
    bring(app, "spec-2015.docx", old_specification())
    healthy(app.radio[0].set_value("Action 4 only").run())
    assert [m.value for m in app.metric][0] == "4 of 10"


def test_what_cannot_be_read_is_said(app: AppTest) -> None:
    bring(app, "spec.docx", b"%PDF-1.7")
    assert "spec.docx is a PDF. Open the Word file it was made from, and choose that." in text_of(
        app
    )
    assert not app.metric


def test_the_steps_are_as_they_were_left(app: AppTest) -> None:
    press(app, "5. Group and specification")
    field(app, "text_input", "specification.chair").set_value("A chair").run()
    press(app, "Check a specification")
    bring(app, "spec-2015.docx", old_specification())
    press(app, "5. Group and specification")
    assert field(app, "text_input", "specification.chair").value == "A chair"
    press(app, "Check a specification")
    # The file was for that visit only.
    assert not app.metric


def test_a_step_that_was_refused_is_not_left(app: AppTest) -> None:
    press(app, "1. Place and need")
    go(app, "Group and specification")
    field(app, "text_input", "specification.service_start").set_value("31/02/2027").run()
    press(app, "Check a specification")
    assert app.title[0].value == "Group and specification"
    assert any("Not moved, so that nothing is lost" in error.value for error in app.error)


def test_a_check_that_was_stopped_can_be_made_after_all(app: AppTest) -> None:
    app.session_state["reading-stopped:review"] = True
    bring(app, "spec-2015.docx", old_specification())
    assert "spec-2015.docx was not read, because it was stopped." in text_of(app) and not app.metric
    press(app, "Check it after all")
    assert [m.value for m in app.metric] == ["5 of 28", "0 of 28", "23 of 28"]
