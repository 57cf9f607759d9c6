"""Items of single medicines by region and month, as packages of open data hand them out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from planner.intake import cells
from planner.intake.files import OpenedFile
from planner.intake.patient_level import heading_words
from planner.intake.reading import ReadingBuilder
from planner.intake.table_rows import cell_at, columns_named, headed_sheets, used_rows
from planner.model.intake import Level, Record

ID = "region_table"
NAME = "Items by region, month and medicine"

COLUMNS = {
    "period": ("ym", "year month", "month", "date"),
    "region": ("region", "region name", "regional office name", "nhs region", "region code"),
    "section": ("bnf section", "bnf section name", "bnf section code", "section"),
    "medicine": (
        "drug", "drug name", "medicine", "chemical", "chemical name", "chemical substance",
        "bnf chemical substance", "bnf chemical substance name", "chemical substance bnf descr",
    ),
    "items": ("items", "total items", "item count"),
    "cost": ("cost", "nic", "actual cost", "total cost", "net ingredient cost"),
    "quantity": ("quantity", "total quantity"),
}  # fmt: skip
ESSENTIAL = ("period", "region", "medicine", "items")
REGIONS = {
    "london": "Y56",
    "south west": "Y58",
    "south east": "Y59",
    "midlands": "Y60",
    "east of england": "Y61",
    "north west": "Y62",
    "north east and yorkshire": "Y63",
}
"""The codes of NHS England's seven regions, by name."""


def _columns(headings: Mapping[str, int]) -> dict[str, int] | None:
    lookup = columns_named(COLUMNS, headings)
    return lookup if lookup.keys() >= set(ESSENTIAL) else None


def recognise(opened: OpenedFile) -> str | None:
    """Why this is such a table, or None."""
    is_such = any(headed_sheets(opened.sheets, _columns, look_at=15))
    return "it has columns headed month, region, medicine and items" if is_such else None


def read(opened: OpenedFile, builder: ReadingBuilder) -> None:
    """Items of each class by region and month, its medicines told by the names in our list.

    A table with a column of BNF sections lists a section whole, so its medicines add up to the
    class. Without one they are parts of it.
    """
    for sheet, header, at in headed_sheets(opened.sheets, _columns, look_at=15):
        rows = list(used_rows(sheet, header, builder, partial(_record, at=at, builder=builder)))
        # Only once all rows are read is it known which medicines the section has.
        codes = [code for _, (_, record) in rows for code in record.part]
        of_section = builder.parts_listed(codes) if "section" in at else None
        for where, (medicine, record) in rows:
            if of_section is not None:
                record = replace(record, part=of_section.get(record.medicine_class, ()))
            builder.keep(record, where, medicine)
    builder.say("The table counts items by region, not people, and cannot leave out cancer.")


def _record(
    row: Sequence[str], at: Mapping[str, int], builder: ReadingBuilder
) -> tuple[str, Record] | str:
    """The medicine of a row, and what the row says of it; or why it is not used."""
    medicine = cell_at(row, at["medicine"])
    known = builder.part_named(medicine)
    if known is None:
        return "medicine is not in the five classes"
    region = heading_words(cell_at(row, at["region"]).replace("&", "and"))
    name = region.removesuffix(" commissioning region").removeprefix("nhs ")
    items = cells.count("items", cell_at(row, at["items"]))
    return medicine.lower(), Record(
        period=cells.period(cell_at(row, at["period"])),
        level=Level.REGION,
        code=REGIONS.get(name) or cells.code(region.replace(" ", "_"))[:20],
        name=cell_at(row, at["region"])[:300],
        medicine_class=known[0],
        part=known[1],
        items=items,
        cost=cells.visible("cost", cell_at(row, at.get("cost")), whole=False),
        quantity=cells.visible("quantity", cell_at(row, at.get("quantity")), whole=False),
        suppressed=("items",) if items is None else (),
    )
