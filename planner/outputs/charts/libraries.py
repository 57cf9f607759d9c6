"""Altair and pandas, which take longer to import than a page to draw: fetched where they are used.

Nothing else of ours imports either. Altair fails in one thread while another has pandas half
imported, and pages run beside what is done in advance; a module is imported by one thread at a
time, and this one holds both.
"""

import altair as alt
import pandas as pd

__all__ = ["alt", "pd"]
