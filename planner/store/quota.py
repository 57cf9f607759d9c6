"""How much room kept plans may take, and the alarm in the log before it is gone.

No version is ever deleted.
"""

import logging
import os
import shutil

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from planner.analysis.completeness.wizard_steps import SUMMARY, at_step
from planner.store.database import VERSIONS, SavedPlanError, sqlite_file
from planner.store.links import begins

PLAN_SETTING = "PLANNER_PLAN_QUOTA_MB"
SHARE_SETTING = "PLANNER_DISK_SHARE_PERCENT"
SERVER_SETTING = "PLANNER_DATABASE_QUOTA_MB"
DEFAULTS = {PLAN_SETTING: 100.0, SHARE_SETTING: 50.0, SERVER_SETTING: 10_000.0}
"""What holds where a setting is left out. Half the disk leaves room for a backup beside the plans;
of a PostgreSQL server the disk cannot be seen from here, so megabytes are given."""
ALARM_SHARE = 0.8
MB = 1_000_000
TO_A_FILE = f"save the plan to a file on {at_step(SUMMARY)}"


class Quota:
    """The room of one database: what one plan may take, packed and over all its versions, and what
    all plans may take together."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._alarm_level = 0.0

    def admit(self, connection: Connection, size: int, plan: tuple[int, str] | None) -> None:
        """Let a further version of `size` bytes in, of a plan by its row and what is held of its
        link; None for a new plan.

        Raises SavedPlanError where there is no room for it, and where a setting is no number.
        """
        self._admit_of_all(connection, size)
        if plan is not None:
            row, link = plan
            total = select(func.sum(func.length(VERSIONS.c.plan))).where(VERSIONS.c.draft == row)
            used = connection.execute(total).scalar_one() or 0
            most = setting(PLAN_SETTING) * MB
            if used + size > most:
                raise SavedPlanError(
                    f"the versions of this plan fill the {most / MB:,.0f} MB that one plan may "
                    f"take; {TO_A_FILE}, and open it as a new plan to go on"
                )
            if used < ALARM_SHARE * most <= used + size:
                _log.warning(
                    "Planner: the plan whose link begins %s takes %.0f%% of the room of one plan.",
                    begins(link),
                    100 * (used + size) / most,
                )

    def _admit_of_all(self, connection: Connection, size: int) -> None:
        used, most = self.room(connection)
        share = (used + size) / most if most else 1.0
        level = 1.0 if share > 1 else ALARM_SHARE if share >= ALARM_SHARE else 0.0
        # Once for each level that is reached, and again only after there was room between.
        if level > self._alarm_level:
            _log.error("Planner: the plans kept take %.0f%% of the room they have.", 100 * share)
        self._alarm_level = level
        if share > 1:
            raise SavedPlanError(
                "there is no room left for plans on this server: its keeper has been told in the "
                f"log. Until then {TO_A_FILE}"
            )

    def room(self, connection: Connection) -> tuple[int, int]:
        """The bytes that all plans take, and the most they may."""
        file = sqlite_file(self._url)
        if file is None:
            used = connection.execute(
                text("SELECT pg_total_relation_size('versions')")
            ).scalar_one()
            return used, int(setting(SERVER_SETTING) * MB)
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        used = pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        free = shutil.disk_usage(file.parent).free
        return used, int((used + free) * setting(SHARE_SETTING) / 100)


def setting(name: str) -> float:
    """The number a setting holds, or its default. Raises SavedPlanError where it is no number above
    0, or a share above 100."""
    given = os.environ.get(name, "").strip()
    if not given:
        return DEFAULTS[name]
    try:
        value = float(given)
    except ValueError:
        value = 0.0
    if not 0 < value <= (100 if name == SHARE_SETTING else 1e9):
        raise SavedPlanError(
            f"{name} is not a number above 0{' up to 100' if name == SHARE_SETTING else ''}; plans "
            "are not kept until whoever keeps this server has put it right"
        )
    return value


_log = logging.getLogger(__name__)
