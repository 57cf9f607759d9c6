"""Pages made from the product are as they would be made now."""

from __future__ import annotations

import pytest

from tests.generated_docs import DOCS, HEAD, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_fresh(name: str) -> None:
    text = PAGES[name]()
    assert text.startswith(HEAD)
    assert (DOCS / name).read_text(encoding="utf-8") == text, "run python -m tests.generated_docs"
