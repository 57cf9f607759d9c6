"""What the tests of the wizard's script share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from planner.screens import prewarm


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """For each script that it runs without a browser Streamlit looks through every package there is
    for components: a sixth of a second each time, and what is installed stays as it is."""
    once = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_is_prewarmed() -> Iterator[None]:
    """The script that runs without a browser has no first screen that would wait: what is done for
    it meanwhile would run beside whatever test comes next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prewarm, "prewarm_meanwhile", lambda: None)
        yield
