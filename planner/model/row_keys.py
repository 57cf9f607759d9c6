"""What tells the rows of a plan's lists apart, never their position: an id or a name of each."""

from collections.abc import Callable, Hashable
from typing import Any

from planner.model.areas import Area, BoardTotals, MonthlyItems
from planner.model.base import Frozen
from planner.model.clause_choices import ClauseChoice, IndicatorChoice, OwnClause, OwnIndicator
from planner.model.inequality import AgeSexCounts, Breakdown, ClassInequality, GroupCounts
from planner.model.intake import ColumnMapping, ImportReport
from planner.model.outcomes import ClassOutcome, StaffCap
from planner.model.plan import Agreement, DirectoryEntry, Engagement, Member, Risk
from planner.model.prescribing import ClassPrescribing
from planner.model.service import OtherCost, Post, ServiceOption

RowKey = Callable[[Any], Hashable]
IDS: dict[type[Frozen], RowKey] = {
    ClassPrescribing: lambda row: row.medicine_class,
    ClassInequality: lambda row: row.medicine_class,
    ClassOutcome: lambda row: row.medicine_class,
    Breakdown: lambda row: row.kind,
    ImportReport: lambda row: row.digest,
    StaffCap: lambda row: row.band,
    ServiceOption: lambda row: row.id,
    Member: lambda row: row.seat,
    Agreement: lambda row: row.step,
    ClauseChoice: lambda row: row.clause,
    OwnClause: lambda row: row.id,
    IndicatorChoice: lambda row: row.indicator,
    OwnIndicator: lambda row: row.id,
    Area: lambda row: (row.level, row.code),
    AgeSexCounts: lambda row: (row.sex, row.age),
    GroupCounts: lambda row: row.group,
    BoardTotals: lambda row: (row.medicine_class, row.measure),
    MonthlyItems: lambda row: row.month,
    ColumnMapping: lambda row: row.columns,
}
"""Rows that have an id: two with the same are the same row."""
NAMES: dict[type[Frozen], RowKey] = {
    Post: lambda row: row.title,
    OtherCost: lambda row: row.label,
    DirectoryEntry: lambda row: row.offer or row.need,
    Engagement: lambda row: row.who,
    Risk: lambda row: row.risk,
}
"""Rows that have only what someone typed: it may be typed anew, or stand twice."""
ROW_KEYS = IDS | NAMES
