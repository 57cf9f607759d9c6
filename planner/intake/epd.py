"""NHSBSA's English Prescribing Dataset: what a cut of it says of a board, and the report on it."""

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from planner.analysis.organisations import icb_of_sub_icb
from planner.intake.epd_cut import SCALE, Cut, cut_of
from planner.intake.epd_layout import layout_of
from planner.intake.errors import IntakeError
from planner.intake.files import OpenedFile, SheetRows, shown_name
from planner.intake.gp_registrations import Mapped
from planner.intake.reading import UNLISTED, ReadingBuilder, class_of_codes
from planner.model.intake import Level, Reading, Record
from planner.model.place import OrganisationList
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

__all__ = ["ID", "NAME", "cut_of", "layout_of", "read_small", "readings"]

ID = "epd"
NAME = "NHSBSA English Prescribing Dataset"
COLUMNS_OF = {
    Level.PRACTICE: ["practice", "pcn", "sub_icb", "icb"],
    Level.PCN: ["pcn", "icb"],
    Level.SUB_ICB: ["sub_icb", "icb"],
    Level.ICB: ["icb"],
}


def sub_icb_code(pco: str) -> str:
    """The sub-ICB location in a PCO code: its first three characters where it ends in 00, else the
    whole."""
    text = pco.strip().upper()
    return text[:3] if len(text) == 5 and text.endswith("00") else text


def readings(
    cuts: Sequence[Cut],
    reference: ReferenceData,
    icb: str | None,
    level: Level | None = None,
    homes: Mapping[str, Mapped] | None = None,
) -> list[Reading]:
    """One reading for each cut, added up to `level` within the board, or to boards where none is
    named.

    `homes` says where practices belong (gp_registrations.mapping_of); PCNs cannot be had without
    it.
    """
    return [_reading(cut, reference, icb, level, homes or {}) for cut in cuts]


def _icbs(pcos: Sequence[str], icb: str, reference: ReferenceData) -> list[str]:
    """The PCO codes whose sub-ICB location belongs wholly to the board, in whichever list knows its
    code."""
    return [
        pco
        for pco in pcos
        if icb
        in {icb_of_sub_icb(sub_icb_code(pco), which, reference) for which in OrganisationList}
    ]


def _reading(
    cut: Cut,
    reference: ReferenceData,
    icb: str | None,
    level: Level | None,
    homes: Mapping[str, Mapped],
) -> Reading:
    level = level or (Level.PRACTICE if icb else Level.ICB)
    table = cut.table
    draft = ReadingBuilder(reference)
    draft.rows_read = cut.provenance.rows_read
    if icb:
        pcos = table.select(pl.col("pco").unique()).collect()["pco"].to_list()
        table = table.filter(
            (pl.col("icb") == icb) | pl.col("pco").is_in(_icbs(pcos, icb, reference))
        )
    frame = table.collect()
    # Rows whose items cannot be read are not used.
    used = min(int(frame["rows"].sum()), cut.provenance.rows_used)
    if frame.is_empty():
        raise IntakeError(
            f"{cut.provenance.file} has no row for the board {icb}. Codes changed on 1 April 2026; try its earlier code"
        )
    for fault, rows in cut.provenance.faults.items():
        if fault.startswith("used without"):
            draft.say(f"{rows:,} rows were {fault}.")
        else:
            draft.skip(fault, rows=rows)
    comparison = sum(cut.provenance.near.values())
    if icb and cut.provenance.rows_used > used:
        draft.skip("another board's rows", rows=cut.provenance.rows_used - used)
    if comparison:
        draft.skip("medicines near our classes, which do not belong to them", rows=comparison)
    others = cut.provenance.rows_read - cut.provenance.rows_used - comparison - sum(
        rows for fault, rows in cut.provenance.faults.items() if not fault.startswith("used without")
    )  # fmt: skip
    if others > 0:
        draft.skip("other medicines", rows=others)
    known = {miss.bnf_code: miss.name for miss in reference.near_misses}
    for code, rows in cut.provenance.near.items():
        draft.near[(code, known.get(code, UNLISTED))] += rows
    draft.records = _records(frame, reference, level, icb, homes)
    draft.rows_used = used
    draft.say("The dataset counts items, not people, and cannot leave out cancer.")
    if any(not record.code for record in draft.records):
        draft.say("Some prescribing has no practice (unidentified); it counts in the totals only.")
    reading = draft.finished(
        cut.provenance.file,
        cut.provenance.digest,
        ID,
        NAME,
        f"its headings are those of {cut.provenance.layout}"
        + ("; answered from the cut kept" if cut.reused else ""),
    )
    return replace(reading, earlier_digest=cut.earlier_digest)


def _records(
    frame: pl.DataFrame,
    reference: ReferenceData,
    level: Level,
    icb: str | None,
    homes: Mapping[str, Mapped],
) -> list[Record]:
    classes = class_of_codes(reference)
    pcos = {pco: sub_icb_code(pco or "") for pco in frame["pco"].unique()}
    practice = (
        pl.when(pl.col("practice").str.contains(r"^[A-Z0-9]{6}$"))
        .then("practice")
        .otherwise(pl.lit(""))
    )
    frame = frame.with_columns(
        pl.col("code").replace_strict(classes, return_dtype=pl.String).alias("class"),
        pl.col("pco").replace_strict(pcos, return_dtype=pl.String).alias("sub_icb"),
        practice.alias("practice"),
        (pl.lit(icb) if icb else pl.col("icb")).alias("icb"),
    )
    if level is Level.PCN and not homes:
        raise IntakeError(
            "the dataset does not name PCNs: give the practice mapping file (gp-reg-pat-prac-map) too"
        )
    if level not in COLUMNS_OF:
        raise IntakeError("the dataset can be added up to icb, sub_icb, pcn or practice")
    pcn = {code: home.pcn for code, home in homes.items()}
    frame = frame.with_columns(
        pl.col("practice").replace_strict(pcn, default="", return_dtype=pl.String).alias("pcn")
        if pcn
        else pl.lit("").alias("pcn")
    )
    columns = COLUMNS_OF[level]
    own = columns[0]
    sums = (
        frame.group_by("month", *columns, "class")
        .agg(
            pl.col("items").sum(),
            *(
                pl.when(pl.col(c).is_null().all()).then(None).otherwise(pl.col(c).sum()).alias(c)
                for c in ("quantity", "nic", "cost")
            ),
        )
        .sort("month", *columns, "class")
    )
    return [
        Record(
            period=row["month"],
            level=level,
            code=row[own] or "",
            name=_name(level, row[own] or "", homes),
            medicine_class=MedicineClass(row["class"]),
            pcn=(row.get("pcn") or "") if level is Level.PRACTICE else "",
            sub_icb=row.get("sub_icb") or "",
            icb=row["icb"] or "",
            items=row["items"],
            quantity=_unscaled(row["quantity"]),
            cost=_unscaled(row["cost"] if row["cost"] is not None else row["nic"]),
        )
        for row in sums.iter_rows(named=True)
    ]


def _name(level: Level, code: str, homes: Mapping[str, Mapped]) -> str:
    if level is Level.PRACTICE:
        return homes[code].name if code in homes else ""
    if level is Level.PCN:
        return next((home.pcn_name for home in homes.values() if home.pcn == code), "")
    return ""


def _unscaled(value: int | None) -> float | None:
    return None if value is None else value / SCALE


def read_small(
    name: str, data: bytes, reference: ReferenceData, icb: str | None, digest: str = ""
) -> Reading:
    """A filtered file that was uploaded: the same sums over a passing copy, of which nothing is
    kept."""
    with tempfile.TemporaryDirectory() as passing:
        path = Path(passing) / shown_name(name)
        path.write_bytes(data)
        cut = cut_of(path, reference, Path(passing) / "cuts")
        output = replace(cut.provenance, digest=digest or cut.provenance.digest)
        return _reading(Cut(cut.table.collect().lazy(), output), reference, icb, None, {})


def read_sheet(
    opened: OpenedFile, sheet: SheetRows, data: bytes, reference: ReferenceData, icb: str | None
) -> Reading:
    """The same for a file opened before. A sheet of a workbook, and a text in another encoding or
    with other separators than commas, is first written as plain CSV; the digest stays that of the
    file."""
    packed = data.startswith((b"PAR1", b"PK", b"\x1f\x8b"))
    if opened.is_workbook or not packed and layout_of(_first_line(data)) is None:
        text = io.StringIO()
        csv.writer(text).writerows(row for row in sheet.rows if any(row))
        data = text.getvalue().encode()
    return read_small(opened.name, data, reference, icb, opened.digest)


def _first_line(data: bytes) -> list[str]:
    start = data[:100_000].decode("utf-8-sig", errors="replace").splitlines()[:1]
    return next(csv.reader(start), [])
