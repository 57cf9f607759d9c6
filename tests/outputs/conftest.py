"""What is made once for the tests of documents and workbooks."""

from __future__ import annotations

import pytest

from planner.analysis.results.results import Results
from planner.outputs.charts import catalogue
from planner.outputs.charts.catalogue import chart, png


@pytest.fixture(scope="session")
def picture(worked: Results) -> bytes:
    """A chart drawn once."""
    image = chart("need", worked)
    assert image is not None
    return png(image)


@pytest.fixture
def one_picture(picture: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, picture)


def stand_in(monkeypatch: pytest.MonkeyPatch, picture: bytes) -> None:
    """Every chart is put together, and the same picture stands for each: to draw them takes longer
    than all the rest of a document."""
    monkeypatch.setattr(catalogue, "_png", lambda spec: picture)
