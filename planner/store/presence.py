"""Who else has a plan open just now: sessions of this process, told apart by nothing of theirs."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

GONE_AFTER = 20.0
"""Seconds without a word from a session until it counts as gone: a few of a page's own calls."""


class Presence:
    """The sessions that have each plan open. Nothing of it is kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, dict[str, float]] = defaultdict(dict)
        self._lock = threading.Lock()

    def others(self, plan: str, session: str) -> int:
        """Note that a session has a plan open, and count the other sessions that have."""
        now = self._clock()
        with self._lock:
            self._seen[plan][session] = now
            for known, sessions in list(self._seen.items()):
                self._seen[known] = {
                    one: seen for one, seen in sessions.items() if now - seen < GONE_AFTER
                }
                if not self._seen[known]:
                    del self._seen[known]
            return len(self._seen[plan]) - 1
