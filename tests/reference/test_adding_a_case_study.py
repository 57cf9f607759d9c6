"""An eighth case study is one file: everything that shows or counts case studies has it, and
nothing says seven.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
STUDY = Path(__file__).with_name("eighth-case-study.yaml")

SHOW_ALL = """
import contextlib, io, json, sys
from openpyxl import load_workbook
from planner.analysis.economics.example import example_plan
from planner.analysis.results.results import results
from planner.cli.main import main
from planner.documents.assemble import specification
from planner.model.plan import Plan
from planner.outputs.charts.catalogue import (chart)
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.review.terms import load_review_terms
from planner.store.plan_file import plan_to_json
from streamlit.testing.v1 import AppTest

reference, library = load_reference(), load_library()
values = example_plan(reference.find_organisation("QF7"), reference).model_dump()
chosen = next(o for o in values["options"] if o["posts"] and "self-referral" not in o["features"])
chosen["overhead_mode"] = "full absorption"
plan = Plan.model_validate(values | {"preferred_option": chosen["id"]})
open("plan.json", "w").write(plan_to_json(plan))

def printed(*words):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main([*words]) == 0
    return out.getvalue()

worked = results(plan, reference)
main(["workbook", "plan.json", "--out", "book.xlsx"])
rows = [row for sheet in load_workbook("book.xlsx") for row in sheet.iter_rows()]
cells = [str(cell.value) for row in rows for cell in row if cell.value]
app = AppTest.from_file("streamlit_app.py", default_timeout=120).run()
app.button(key="example").click().run()

def text_of(tab, title):
    app.session_state[tab] = title
    app.run()
    for key in [key for key, _ in app.session_state.items() if str(key).startswith("panel-")]:
        app.session_state[key] = True
    app.run()
    shown = (*app.markdown, *app.info, *app.subheader)
    return "\\n".join(e.value for e in shown).replace("\\\\", "")

app.button(key="go:case_studies").click().run()
studies = next(box for box in app.selectbox if box.label == "Case study").options
benchmark = text_of("tabs-case-studies", "Measure by measure")
app.button(key="go:options").click().run()
benchmark += text_of("tabs-options", "Beside the case studies")
app.button(key="open:Add a case study").click().run()
offered = next(box for box in app.selectbox if box.key == "add-from").options
print(json.dumps({
    "rows": sorted({row.case_study for row in worked.benchmark.rows}),
    "paper": specification(worked, 3, reference, library).model_dump_json(),
    "evidence": specification(worked, "evidence-pack", reference, library).model_dump_json(),
    "workbook": "\\n".join(cells),
    "charts": chart("cost_per_head", worked).alternative
    + chart("cost_per_person", worked).alternative,
    "command line": printed("case-studies"),
    "command line, figures": printed("case-studies", "--json"),
    "command line, benchmark": printed("benchmark", "plan.json"),
    "screen": benchmark, "screen, studies": studies,
    "screen, options": "\\n".join(e.value for e in app.markdown),
    "start from": offered,
    "indicators": [i.basis for i in library.indicators],
    "review": load_review_terms().not_evidence,
}, ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All that a copy of the planner shows, with one file more in its folder of case studies."""
    copy = tmp_path_factory.mktemp("planner-of-eight")
    # What Python has compiled comes along, but for what it is writing at this moment.
    leave = shutil.ignore_patterns("*.pyc.*")
    for name in ("planner", "case_studies", "spec_templates", ".streamlit"):
        shutil.copytree(ROOT / name, copy / name, ignore=leave)
    shutil.copy(ROOT / "streamlit_app.py", copy)
    shutil.copy(STUDY, copy / "case_studies")
    own = {
        "PYTHONPATH": str(copy),
        "PLANNER_DATABASE_URL": f"sqlite:///{copy}/plans.sqlite",
        "XDG_CACHE_HOME": str(copy),
    }
    run = subprocess.run(
        [sys.executable, "-c", SHOW_ALL],
        cwd=copy,
        env=os.environ | own,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2_000:]
    values: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return values


@pytest.mark.slow
def test_it_stands_wherever_case_studies_stand(output: dict[str, Any]) -> None:
    assert output["rows"][-1] == "cs8"
    for place in (
        "paper",
        "evidence",
        "workbook",
        "command line",
        "command line, benchmark",
        "screen",
    ):
        assert (
            "Review clinic, Anytown" in output[place] or "Invented review clinic" in output[place]
        ), place
    assert "cs8" in output["command line, figures"]
    assert "8. Review clinic, Anytown" in output["screen, studies"]
    assert "\n  8. Review clinic, Anytown\n" in output["command line, benchmark"]
    printed = "Case study 8 (Review clinic, Anytown): its printed cost: £"
    assert [one for one in output["start from"] if one.startswith(printed)]
    assert output["charts"].count("Case study 8") >= 2


@pytest.mark.slow
def test_what_is_said_of_all_of_them_is_true_of_eight(output: dict[str, Any]) -> None:
    paper = output["paper"] + output["evidence"]
    assert "Benchmark against the eight case studies" in paper
    assert "describes seven services, and case study 8 stands beside them." in paper
    assert "Only case studies 1 and 8 publish a cost per head" in paper
    assert "only case studies 1, 2 and 8 publish any cost" in paper
    assert "only case study 8 has a comparison group" in paper
    assert "Whom they reached is told by case study 8 only, by age." in paper
    assert "Only what case study 8 reports has a comparison group" in paper
    assert "Case studies 1, 2, 4, 5 and 8 offer it" in output["indicators"]
    assert "Only case study 8 states overheads" in output["workbook"]
    assert "the eight published services" in output["screen"]
    assert "Case studies 3, 6 and 7 print neither" in output["screen, options"]
    assert "benchmark against the eight case studies" in output["review"]


WRONG = (
    r"seven (published|case stud)", r"[Oo]nly case study 1\b", r"case studies 1 and 2\b",
    r"only published cost per head", r"No case study states overheads", r"none has a comparison",
    r"No share here has a comparison", r"beside case study 1\b", r"\b1, 2, 4 and 5 offer",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_shown_is_true_of_seven_only(output: dict[str, Any], wrong: str) -> None:
    for place, text in output.items():
        # Which knows the headings of documents made before.
        if place != "review":
            assert not re.search(wrong, str(text)), place


def test_no_count_of_case_studies_stands_in_code_or_clauses() -> None:
    for path in [*ROOT.glob("planner/**/*.py"), *ROOT.glob("spec_templates/**/*.yaml")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(six|seven|eight)\b[^.]{0,20}(case stud|services)", text, re.I), (
            path
        )
        assert not re.search(r"\bonly case stud(y|ies) \d", text, re.I), path
