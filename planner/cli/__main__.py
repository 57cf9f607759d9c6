"""So that `python -m planner.cli` runs a command, as `planner` does. Nothing else lives here."""

from __future__ import annotations

import sys

from planner.cli.main import main

sys.exit(main())
