"""So that `python -m planner.cli` runs a command, as `planner` does. Nothing else lives here."""

import sys

from planner.cli.main import main

sys.exit(main())
