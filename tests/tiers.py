"""Which tier each test is of, by where it stands: a test of no tier, or of two, stops the run.

`unit` needs nothing but Python. The others say what they need or make: Word and Excel files
(`documents`), plans on disk and in PostgreSQL (`store`), LibreOffice (`office`), a real browser
(`browser`). `slow` comes on top: everything of the last two, what starts PostgreSQL, and what says
so of itself. `pytest -m "not slow"` is the quick loop.
"""

from __future__ import annotations

from pathlib import PurePath

import pytest

TIERS = ("unit", "documents", "store", "office", "browser")
ALWAYS_SLOW = {"office", "browser"}
SLOW_FIXTURES = {"postgres"}

# The longest path that a test stands under decides. A marker on the test or its module decides
# before that.
PLACES = {
    "analysis": "unit",
    "documents": "unit",
    "review": "unit",
    "model": "unit",
    "reference": "unit",
    "intake": "unit",
    "hosting": "unit",
    "screens": "unit",
    "recipes": "unit",
    "outputs": "documents",
    "store": "store",
    "browser": "browser",
    "outputs/test_office.py": "office",
    "test_architecture.py": "unit",
    "test_cli.py": "unit",
    "test_cli_batch.py": "documents",
    "test_colours.py": "unit",
    "test_dependencies.py": "unit",
    "test_door.py": "unit",
    "test_generated_docs.py": "unit",
    "test_hosting.py": "unit",
    "test_language.py": "unit",
    "test_names.py": "unit",
    "test_package.py": "unit",
    "test_readability.py": "unit",
    "test_serve.py": "unit",
    "test_tiers.py": "unit",
}


def tier_of(path: PurePath, marks: set[str]) -> str:
    """The one tier of a test that stands at a path below tests/ and carries these markers."""
    own = [tier for tier in TIERS if tier in marks]
    if len(own) > 1:
        raise pytest.UsageError(f"{path} is of more than one tier: {', '.join(own)}")
    if own:
        return own[0]
    for place in (path, *path.parents):
        if (tier := PLACES.get(place.as_posix())) is not None:
            return tier
    raise pytest.UsageError(f"{path} is of no tier: name it or its folder in tests/tiers.py")
