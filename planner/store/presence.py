"""Who else has a plan open just now: sessions of this process, told apart by nothing of theirs."""

import threading
import time
from collections.abc import Callable

GONE_AFTER = 20.0
"""Seconds without a word from a session until it counts as gone: a few of a page's own calls."""


class Presence:
    """The sessions that have each plan open. Nothing of it is kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def others(self, plan: str, session: str) -> int:
        """Note that a session has a plan open, and count the other sessions that have."""
        now = self._clock()
        with self._lock:
            self._seen[plan, session] = now
            self._seen = {one: at for one, at in self._seen.items() if now - at < GONE_AFTER}
            return sum(known == plan for known, _ in self._seen) - 1
