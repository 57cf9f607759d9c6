"""How long a month of the English Prescribing Dataset takes beside bare queries, and how much
memory.

Run: python -m tests.benchmarks.epd [--rows 18000000] [--months 12] [--folder DIR]

A month is made first, always the same for the same number of rows. Every round reads it by each way
in turn, in one process and with the file already in memory where it fits there, so that the ways
share their weather.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from planner.intake import epd
from planner.intake.epd import hashed
from planner.intake.reading import class_of_codes
from planner.model.reference import ReferenceData
from planner.reference import load_reference

HEADER = (
    "YEAR_MONTH,REGIONAL_OFFICE_NAME,REGIONAL_OFFICE_CODE,ICB_NAME,ICB_CODE,PCO_NAME,PCO_CODE,PRACTICE_NAME,"
    "PRACTICE_CODE,ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,BNF_CHEMICAL_SUBSTANCE_CODE,"
    "BNF_CHEMICAL_SUBSTANCE,BNF_PRESENTATION_CODE,BNF_PRESENTATION_NAME,BNF_CHAPTER_PLUS_CODE,QUANTITY,ITEMS,"
    "TOTAL_QUANTITY,ADQ_USAGE,NIC,ACTUAL_COST,UNIDENTIFIED,SNOMED_CODE"
)
MONTH_ROWS = 18_000_000
PRACTICES, CHEMICALS, PRESENTATIONS = 6_500, 1_700, 20_000
OURS = 0.11
"""The share of rows that are about one of our 73 medicines."""
STEP = 250_000
BOARD = "QF7"
KEYS = ("YEAR_MONTH", "ICB_CODE", "PCO_CODE", "PRACTICE_CODE")
SUMS = ("ITEMS", "TOTAL_QUANTITY", "NIC", "ACTUAL_COST")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TOWNS = ("ASHBY", "BROOKTON", "CASTLE END", "DEANE", "EASTWICK", "FORDHAM", "GRANGE-OVER-HILL")
DRUGS = (
    "tablets",
    "capsules",
    "oral solution sugar free",
    "modified-release tablets",
    "transdermal patches",
)


# --- a month of data ------------------------------------------------------------------------------


def _cell(words: str) -> str:
    return f'"{words}"' if "," in words else words


def _practice_cells(reference: ReferenceData, rng: np.random.Generator) -> list[bytes]:
    """The fourteen cells of each practice, sub-ICB locations with more residents having more of
    them."""
    places = reference.sub_icbs
    people = np.array(
        [place.registered_all_ages or place.residents_all_ages or 1 for place in places], float
    )
    rendering = np.sort(rng.choice(len(places), PRACTICES, p=people / people.sum()))
    lines = []
    for number, at in enumerate(rendering):
        place = places[int(at)]
        town = TOWNS[number % len(TOWNS)]
        name = (
            f"{town} SURGERY {number}",
            f"DR O'NEILL & PARTNERS, {town}",
            f"CAFÉ ROW PRACTICE {number}",
        )
        display = _cell(name[0 if number % 13 else 1 + number % 2])
        code = f"{LETTERS[number % 26]}{80000 + number:05d}" if number % 300 else "-"
        lines.append(
            f"2026-03,NORTH EAST AND YORKSHIRE,Y63,{_cell(place.name.split(' - ')[0].upper())},"
            f"{place.icb_after},{_cell(place.name.upper())},{place.code}00,"
            f"{'UNIDENTIFIED DOCTORS' if code == '-' else display},{code},"
            f"{town} HEALTH CENTRE,{number} HIGH STREET,{town},SOME COUNTY,"
            f"AB{number % 99} {number % 9}CD".encode("latin-1")
        )
    return lines


def _medicine_cells(
    reference: ReferenceData, rng: np.random.Generator
) -> tuple[list[bytes], np.ndarray]:
    """The five cells of each presentation, and how often each is met: a few very often, most
    seldom."""
    ours = list(class_of_codes(reference))
    near = [miss.bnf_code for miss in reference.near_misses if len(miss.bnf_code) == 9]
    taken = {*ours, *near}
    numbers = itertools.product(range(1, 22), range(1, 10), range(1, 9), range(10, 90, 7))
    output = (f"{c:02d}{s:02d}{p:02d}0{LETTERS[n % 26]}{n % 10}" for c, s, p, n in numbers)
    others = [code for code in dict.fromkeys(output) if code not in taken]
    picked = rng.choice(len(others), CHEMICALS - len(ours) - len(near), replace=False)
    chemicals = [*ours, *near, *(others[at] for at in sorted(picked))]
    weight = 1 / (1 + rng.permutation(len(chemicals))) ** 0.8
    weight[: len(ours)] *= OURS / weight[: len(ours)].sum()
    weight[len(ours) :] *= (1 - OURS) / weight[len(ours) :].sum()
    of = np.concatenate(
        [np.arange(CHEMICALS), rng.integers(0, CHEMICALS, PRESENTATIONS - CHEMICALS)]
    )
    share = rng.pareto(1.2, PRESENTATIONS) + 0.05
    share *= weight[of] / np.bincount(of, share)[of]
    cells = []
    for number, at in enumerate(of):
        code, drug = chemicals[at], DRUGS[number % len(DRUGS)]
        name = f"Chemical {at} {5 * (1 + number % 40)}mg {drug}" + (
            ", 5ml" if "solution" in drug else ""
        )
        cells.append(
            f"{code},Chemical {at} "
            f"hydrochloride,{code}{LETTERS[number % 26]}A{number % 10000:04d},{_cell(name)},"
            f"{code[:2]}: Chapter {code[:2]} of the formulary".encode("latin-1")
        )
    return cells, share / share.sum()


def write_month(path: Path, rows: int, reference: ReferenceData, seed: int = 1) -> None:
    """A month of the dataset in the layout with SNOMED codes: 27 columns, Latin-1, some cells
    quoted.

    The same rows and seed give the same bytes. It is written piece by piece, so that it needs
    little memory.
    """
    rng = np.random.default_rng(seed)
    practices = _practice_cells(reference, rng)
    medicines, share = _medicine_cells(reference, rng)
    size = rng.lognormal(0, 0.6, PRACTICES)
    of_practice = rng.multinomial(rows, size / size.sum())
    ends = np.cumsum(of_practice)
    edges = np.cumsum(share)
    with path.open("wb") as file:
        file.write(HEADER.encode() + b"\r\n")
        for start in range(0, rows, STEP):
            n = min(STEP, rows - start)
            which = np.searchsorted(ends, np.arange(start, start + n), side="right")
            drug = np.minimum(np.searchsorted(edges, rng.random(n)), PRESENTATIONS - 1)
            items = rng.geometric(0.22, n)
            pack = rng.choice(np.array([7, 14, 28, 30, 56, 60, 84, 100, 112, 500]), n)
            nic = np.round(rng.gamma(1.5, 4.0, n) * items, 2)
            columns = (which, drug, pack, items, pack * items, pack * items / 3, nic, nic * 0.93721)
            snomed = rng.integers(10**14, 10**17, n)
            file.write(
                b"".join(
                    b"%b,%b,%d,%d,%d,%.5f,%.2f,%.5f,N,%d\r\n"
                    % (practices[w], medicines[d], p, i, t, a, c, k, s)
                    for w, d, p, i, t, a, c, k, s in zip(
                        *(column.tolist() for column in columns), snomed.tolist(), strict=True
                    )
                )
            )


# --- the ways of reading it -----------------------------------------------------------------------


def read_bytes(path: Path) -> int:
    """The bytes of the file read and thrown away: no query can be faster."""
    seen, buffer = 0, bytearray(4 << 20)
    with path.open("rb", buffering=0) as file:
        while got := file.readinto(buffer):
            seen += got
    return seen


def bare_polars(path: Path, classes: dict[str, str]) -> Any:
    """What one would write by hand in Polars for this one question: no checks, sums in floating
    point."""
    import polars as pl

    code = pl.col("BNF_PRESENTATION_CODE").str.slice(0, 9)
    return (
        pl.scan_csv(path, infer_schema=False, encoding="utf8-lossy")
        .filter(code.is_in(list(classes)))
        .group_by(*KEYS, code.replace_strict(classes, return_dtype=pl.String).alias("class"))
        .agg(
            pl.col(SUMS[0]).cast(pl.Int64).sum(),
            *(pl.col(c).cast(pl.Float64).sum() for c in SUMS[1:]),
        )
        .collect(engine="streaming")
    )


def bare_pandas(path: Path, classes: dict[str, str], rows: int) -> Any:
    """The same in pandas over the first rows, reading only the columns needed."""
    import pandas as pd

    frame = pd.read_csv(
        path,
        usecols=[*KEYS, "BNF_PRESENTATION_CODE", *SUMS],
        dtype=str,
        encoding="latin-1",
        nrows=rows,
    )
    code = frame["BNF_PRESENTATION_CODE"].str.slice(0, 9)
    frame = frame[code.isin(list(classes))].assign(**{"class": code.map(classes)})
    for column in SUMS:
        frame[column] = pd.to_numeric(frame[column])
    return frame.groupby([*KEYS, "class"])[list(SUMS)].sum()


def ours(paths: list[Path], reference: ReferenceData, folder: Path) -> list[int]:
    """Our way, file by file: every check, the digest, the cut kept, a board's readings from it."""
    used = []
    for path in paths:
        cut = epd.cut_of(path, reference, folder)
        used.append(epd.reading_of(cut, reference, BOARD).report.rows_used)
    return used


def peak() -> int:
    """The most memory this process has held, in bytes."""
    status = Path("/proc/self/status")
    # Getrusage would count the parent's memory too, from before the child was itself.
    if status.exists():
        current = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        if current:
            return int(current[0].split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def peak_of(paths: list[Path], folder: Path) -> int:
    """The most memory that our way over these files takes, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.epd", "--child", str(folder), *map(str, paths)],
        cwd=Path(__file__).resolve().parents[2], check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(done.stdout.split()[-1])


# --- measuring ------------------------------------------------------------------------------------


@dataclass
class Times:
    """The seconds each way took, round by round."""

    samples: dict[str, list[float]] = field(default_factory=dict)

    def take(self, way: str, work: Callable[[], Any], scale: float = 1) -> Any:
        """What the work gives; its time is kept."""
        began = time.perf_counter()
        given = work()
        self.samples.setdefault(way, []).append((time.perf_counter() - began) * scale)
        return given

    def ratio(self, one: str, other: str) -> str:
        """One way over another within each round: least, middle, most."""
        return least_middle_most(
            [a / b for a, b in zip(self.samples[one], self.samples[other], strict=True)]
        )


def least_middle_most(values: list[float]) -> str:
    """Least / middle / most."""
    return f"{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"


def same_sums(cut: epd.Cut, theirs: Any) -> None:
    """Stop where a bare query does not tell what our cut does: a fast wrong answer is no floor."""
    table = cut.table.collect()
    for column, current in zip(SUMS, ("items", *epd.MEASURED), strict=True):
        scale = epd.SCALE if current in epd.MEASURED else 1
        one, other = float(table[current].sum()) / scale, float(theirs[column].sum())
        if abs(one - other) > 1e-6 * max(1.0, abs(one)):
            raise SystemExit(f"the ways differ in {column}: {one} and {other}")


def measured(path: Path, rows: int, rounds: int, folder: Path, reference: ReferenceData) -> None:
    """Every way in turn, round after round, then the ratios beside their targets."""
    classes = {code: str(name.value) for code, name in class_of_codes(reference).items()}
    part = max(1, rows // 10)
    times, again = Times(), 20
    # Also: imports and the file in memory.
    ours([path], reference, folder / "first")
    same_sums(epd.cut_of(path, reference, folder / "first"), bare_polars(path, classes))
    bare_pandas(path, classes, min(part, 1_000))
    for turn in range(rounds):
        fresh = folder / f"round-{turn}"
        times.take("bytes", lambda: read_bytes(path))
        times.take("BLAKE3", lambda: hashed(path))
        times.take("Polars", lambda: bare_polars(path, classes))
        times.take("ours", partial(ours, [path], reference, fresh))
        times.take("pandas", lambda: bare_pandas(path, classes, part), scale=rows / part)
        times.take(
            "second",
            partial(ours, [path] * again, reference, fresh),
            scale=1 / again,
        )
    for way in ("bytes", "BLAKE3", "Polars", "ours", "pandas", "second"):
        print(
            f"{way:>8}: {least_middle_most(times.samples[way])} s"
            + (" (a tenth, scaled)" if way == "pandas" else "")
        )
    print(f"ours / bare Polars: {times.ratio('ours', 'Polars')} (target: at most 1.25)")
    print(
        f"BLAKE3 alone / bare Polars: {times.ratio('BLAKE3', 'Polars')} (it is worked out beside "
        "our query)"
    )
    print(f"ours / reading the bytes: {times.ratio('ours', 'bytes')}")
    print(f"pandas / ours: {times.ratio('pandas', 'ours')} (target: at least 5)")
    print(f"second question / first: {times.ratio('second', 'ours')} (target: less than 0.10)")


def main() -> None:
    """Make a month, measure, and print each ratio beside its target."""
    question = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    question.add_argument("--rows", type=int, default=MONTH_ROWS // 100)
    question.add_argument("--months", type=int, default=12)
    question.add_argument("--folder", type=Path)
    question.add_argument("--rounds", type=int)
    question.add_argument("--child", nargs="+", type=Path, help=argparse.SUPPRESS)
    given = question.parse_args()
    reference = load_reference()
    if given.child:
        ours(given.child[1:], reference, given.child[0])
        print(peak())
        return
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.folder) as passing:
        folder = Path(passing)
        path = (given.folder or folder) / f"EPD_SNOMED_202603_{given.rows}.csv"
        if not path.exists():
            began = time.perf_counter()
            comparison = folder / "part.csv"
            write_month(comparison, given.rows, reference)
            comparison.replace(path)
            print(f"made in {time.perf_counter() - began:.1f} s")
        print(
            f"a month of {given.rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB; "
            f"{os.cpu_count()} cores"
        )
        print("seconds and ratios are least / middle / most of interleaved rounds")
        rounds = given.rounds or (3 if given.rows > MONTH_ROWS // 2 else 5)
        measured(path, given.rows, rounds, folder, reference)
        one = peak_of([path], folder / "one")
        print(f"peak memory, 1 month: {one / 2**20:,.0f} MiB (target: less than 1,024)")
        if given.months > 1:
            months = [folder / f"EPD_{number:02d}.csv" for number in range(given.months)]
            for month in months:
                os.link(path, month)
            several = peak_of(months, folder / "several")
            print(
                f"peak memory, {given.months} months file by file: {several / 2**20:,.0f} MiB, "
                f"{several / one:.2f} times that of one (target: about 1)"
            )


if __name__ == "__main__":
    main()
