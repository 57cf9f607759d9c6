"""The first screen is drawn without the libraries that only later pages and documents need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import altair as alt
import pytest

from planner.analysis.results.results import Results
from planner.outputs.charts.catalogue import chart
from planner.outputs.charts.drawing import SCHEMA

# Processes of their own, servers or large files: left out of the quick loop.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LATER = {
    "altair", "docx", "docxtpl", "jinja2", "lxml", "openpyxl", "polars", "pydantic",
    "ruamel", "scipy", "sqlalchemy", "vl_convert", "xlsxwriter",
}  # fmt: skip
FIRST_RUN = """
import json, sys
from streamlit.testing.v1 import AppTest
# What is done while the first screen is read begins after it, and on a slow machine before the
# names are listed here.
from planner.screens import prewarm
prewarm.prewarm_meanwhile = lambda: None
app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
assert not app.exception and app.title[0].value == "Prescribed medicines planner", app
first = sorted({name.partition(".")[0] for name in sys.modules})
from planner.screens.navigation import DRAFT, PAGES, STEPS
for step in (*DRAFT, *STEPS, *PAGES):
    rooms = ("planner.screens.steps.", "planner.screens.pages.")
    assert step.show().__module__.startswith(rooms), step.id
print(json.dumps([first, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


FILL_THE_CACHE = """
from planner.reference import load_reference
from planner.reference.field_help import load_field_helps
from planner.reference.library import load_library
load_reference(), load_library(), load_field_helps()
"""


def test_the_first_screen_waits_for_no_library_of_later_pages() -> None:
    # A process fills the cache, so that the next starts as every later one does.
    _, ran = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
        )
        for code in (FILL_THE_CACHE, FIRST_RUN)
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    first, with_all_pages = (set(names) for names in json.loads(ran.stdout))
    assert not first & LATER, sorted(first & LATER)
    assert {"docxtpl", "sqlalchemy", "xlsxwriter"} <= with_all_pages


def test_bars_are_written_out_as_altair_would_write_them(worked: Results) -> None:
    assert SCHEMA == alt.SCHEMA_URL
    for name in ("deprivation", "rates"):
        rendering = chart(name, worked)
        assert rendering is not None
        # Reading it back checks every name and value against the schema of Vega-Lite.
        assert alt.LayerChart.from_dict(rendering.spec).to_dict() == rendering.spec
