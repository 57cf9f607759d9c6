"""Who else has a plan open just now: sessions of this process, told apart by nothing of theirs."""

import threading
from collections.abc import Callable


class Presence:
    """The sessions that have each plan open, as long as their page is there. Nothing of it is
    kept."""

    def __init__(self, is_there: Callable[[str], bool]) -> None:
        self._is_there = is_there
        self._plan_of: dict[str, str] = {}
        self._lock = threading.Lock()

    def others(self, plan: str, session: str) -> int:
        """Note that a session has a plan open, and count the other sessions that have."""
        with self._lock:
            self._plan_of[session] = plan
            self._plan_of = {
                one: of
                for one, of in self._plan_of.items()
                if one == session or self._is_there(one)
            }
            return sum(of == plan for of in self._plan_of.values()) - 1
