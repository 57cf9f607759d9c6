"""What every command shares: a user's mistake, a plan's results, and printing. No command lives here."""

import json
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from planner.analysis.results.results import Results, results
from planner.model.document import Table
from planner.model.place import OrganisationList
from planner.reference import load_reference
from planner.store.plan_file import read_plan

LISTS = {"36": OrganisationList.FROM_APRIL_2026, "42": OrganisationList.TO_MARCH_2026}


class Mistake(Exception):
    """Something the user can put right; printed as one line."""


def results_of(path: Path) -> Results:
    """What the plan in a file comes to."""
    return results(read_plan(path), load_reference())


def print_json(value: Any) -> None:
    """Print models, results and plain values as JSON; an object says what it was made with."""
    plain = as_json(value)
    if isinstance(plain, dict):
        plain |= as_json({"versions": load_reference().versions})
    print(json.dumps(plain, indent=2, ensure_ascii=False))


def as_json(value: Any, exclude: set[str] | None = None) -> Any:
    """A model, a result or a plain value as JSON has it, without the fields named."""
    return to_jsonable_python(value, exclude=exclude)


def print_table(table: Table) -> None:
    """Print a table down the page: its caption, then each row under its name, and why a cell has no
    number."""
    print(table.caption)
    for name, *cells in table.rows:
        print(f"  {name}")
        for column, cell in zip(table.columns[1:], cells, strict=True):
            print(f"    {column}: {cell}")
    for reason in table.reasons:
        print(f"  {reason}")
