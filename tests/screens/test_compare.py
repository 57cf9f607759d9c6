"""The page that sets an earlier plan file beside the open plan, which stays as it is."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from planner.model.plan import Plan
from planner.store.plan_file import plan_to_json
from tests.screens.test_local_files import said
from tests.screens.test_wizard import APP, field, go, healthy, open_tab, plan, press, widgets


@pytest.fixture
def app() -> AppTest:
    return go(healthy(AppTest.from_file(str(APP), default_timeout=60).run()), "Options and cost")


def bring(app: AppTest, name: str, data: bytes) -> AppTest:
    return healthy(app.file_uploader[0].set_value([(name, data, "application/json")]).run())


def compare(app: AppTest) -> AppTest:
    return open_tab(press(app, "Versions and compare"), "Compare with a file")


def tables(app: AppTest) -> str:
    return "\n".join(table.value.to_csv() for table in app.table).replace("\\", "")


@pytest.mark.slow
def test_it_is_reached_from_any_step_and_leads_back_to_it(app: AppTest) -> None:
    compare(app)
    assert app.title[0].value == "Versions and compare" and not app.table
    assert not [b for b in app.button if b.label.startswith("Continue")]
    press(app, "Back to Options and cost")
    assert app.title[0].value == "Options and cost"


@pytest.mark.slow
def test_what_changed_is_said_and_nothing_typed_is_lost(app: AppTest) -> None:
    earlier = plan(app)
    field(app, "text_input", "pricing.budget").set_value("640000").run()
    compare(app)
    bring(app, "march.json", plan_to_json(earlier).encode())
    assert "march.json" in said(app)
    assert "1 input or decision changed." in said(app)
    assert "Budget a year,none,£640,000" in tables(app).replace('"', "")
    assert [b.label for b in widgets(app, "download_button")] == ["Download the changes (Word)"]
    press(app, "Back to Options and cost")
    assert plan(app).pricing.budget == 640_000
    assert field(app, "text_input", "pricing.budget").value == "640,000"
    field(app, "text_input", "pricing.budget").set_value("").run()
    # The earlier plan is still there, and now nothing differs from it.
    compare(app)
    assert "Nothing changed: the two plans are the same." in said(app)
    assert not app.get("download_button")


def test_a_plan_that_cannot_be_opened_or_worked_out_is_said_and_the_open_one_stays(
    app: AppTest,
) -> None:
    before = plan(app)
    compare(app)
    bring(app, "bad.json", b'{"schema_version": 99}')
    assert "newer planner" in said(app) and "Your open plan is unchanged" in said(app)
    unknown = json.loads(plan_to_json(before))
    unknown["place"]["icb_code"] = "ZZZ"
    bring(app, "unknown.json", plan_to_json(Plan.model_validate_json(json.dumps(unknown))).encode())
    assert "The earlier plan cannot be worked out: no ICB has the code 'ZZZ'" in said(app)
    assert plan(app) == before


@pytest.mark.slow
def test_what_is_typed_is_never_markup(app: AppTest) -> None:
    values = json.loads(plan_to_json(plan(app)))
    values["title"] = "**bold** [link](http://example.org) $x$"
    compare(app)
    bring(app, "typed.json", json.dumps(values).encode())
    assert any(
        "\\*\\*bold\\*\\*" in str(cell) for t in app.table for cell in t.value.to_numpy().ravel()
    )
