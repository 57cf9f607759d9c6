"""One cell read as what it stands for: a number, a period, a class, a sex, an age band.

Never a guess.
"""

import math
import re
import unicodedata
from typing import Final, Literal

from planner.analysis.formatting import several
from planner.intake.files import FORMULA
from planner.model.prescribing import MedicineClass

SUPPRESSED: Final = "suppressed"
"""What a hidden number is read as. It is never zero."""
Hidden = Literal["suppressed"]

HIDDEN_MARKS = {
    "*",
    "-",
    "–",
    "—",
    "c",
    "[c]",
    "-1",
    "..",
    "x",
    "[x]",
    "n/a",
    "na",
    "suppressed",
    "redacted",
    "~",
}
# A mark in square brackets, such as [low], [u], [w], [z] or [k]: government's shorthand for a
# number that is not shown. Behind a number such marks say revised or provisional, and it stands.
BRACKETED = re.compile(r"\[[a-z]{1,4}\]")
# A small number told only within a range, such as <5, fewer than 10 or 1-4.
SMALL_RANGE = re.compile(
    r"(<|<=|≤|under|fewer than|less than)\s*\d{1,2}|[01]\s*(-|–|to)\s*([2-9]|10)"
)
LARGEST = 100_000_000_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
# What looks like a number and is not read as one, and why.
NOT_NUMBERS = (
    (
        re.compile(r"-?[0-9.]+e[+-]?[0-9]+", re.IGNORECASE),
        ", a number in scientific form; widen the column and save again",
    ),
    (
        re.compile(r"-?[0-9]+,[0-9]{1,2}|-?[0-9.]+,[0-9]+"),
        "; write decimals with a point and thousands with a comma",
    ),
)


# What government spreadsheets put behind a name or a period: a note, a raised figure, or a mark of
# revised, provisional, hidden and the like. Marks such as (1 is most deprived) are words and stay.
SHORTHAND = (
    r"b|c|d|e|f|k|l|m|n|p|r|s|ss|sss|t|u|w|x|z|p r|r p|low|na|n/a|ns|pr|est|prov|rev|estimated"
    r"|provisional|revised|final"
)
NOTE = re.compile(
    r"\s*(?:"
    r"[\[(]\s*(?:see\s+)?(?:foot)?notes?\b[^\])]*[\])]"
    rf"|\[\s*(?:\d{{1,2}}(?:\s*(?:,|and|&|to|-)\s*\d{{1,2}})*|{SHORTHAND})\s*\]"
    r"|\(\s*(?:p|r|provisional|revised|final|estimated)\s*\)"
    r"|[\u00b2\u00b3\u00b9\u2070-\u208e*\u2020\u2021\u00a7]+(?=\s|$|[\[(])"
    r"|(?:,|:|;|\s-)?\s(?:foot)?notes?\s+\d{1,2}$"
    r")",
    re.IGNORECASE,
)


def without_notes(text: str) -> str:
    """A heading, name, code or period without the notes, raised figures and marks of revised or
    provisional that a government spreadsheet puts into it; a cell that is nothing else stays."""
    plain = " ".join(NOTE.sub(" ", text).split())
    return plain if re.search(r"\w", plain) else text


class CellError(ValueError):
    """A cell is not what its column says. The message says what stands there and what would do."""


def number(cell: str, whole: bool = True) -> int | float | Hidden | None:
    """The number in a cell; None where it is blank, SUPPRESSED where it is marked as hidden.

    Commas or spaces between thousands are read, and a leading £ where money may stand. Raises
    CellError for anything else, such as a formula without a result, a number in scientific form, a
    negative one, or a share of a person.
    """
    text = unicodedata.normalize("NFKC", cell).strip().replace("\u2212", "-")
    if not text:
        return None
    if FORMULA in cell:
        raise CellError(
            "holds a formula whose result was never saved; open the file in Excel and save it"
        )
    low = text.lower()
    if low in HIDDEN_MARKS or BRACKETED.fullmatch(low) or SMALL_RANGE.fullmatch(low):
        return SUPPRESSED
    text = re.sub(rf"(?<=\d)\s*{BRACKETED.pattern}$", "", text, flags=re.IGNORECASE)
    plain = re.sub(r"^£\s*", "", text)
    if re.fullmatch(r"-?[0-9]{1,3}([, '\u00a0\u202f][0-9]{3})+(\.[0-9]+)?", plain):
        plain = re.sub(r"[, '\u00a0\u202f]", "", plain)
    value = float(plain) if NUMBER.fullmatch(plain) else math.nan
    for is_so, why in (
        (
            any(unicodedata.category(sign) == "No" for sign in cell),
            ", a number with a raised or circled figure; write it plainly",
        ),
        (whole and text.startswith("£"), ", an amount of money where a count should be"),
        *((pattern.fullmatch(plain), why) for pattern, why in NOT_NUMBERS),
        (math.isnan(value), ", which is not a number"),
        (value < 0, "; a count cannot be below zero"),
        (value > LARGEST, ", more than any real count"),
        (whole and not value.is_integer(), "; a count must be a whole number"),
    ):
        if is_so:
            raise CellError(f"holds {_quoted(cell.strip())}{why}")
    return int(value) if whole else value


def measured(name: str, cell: str, whole: bool = True) -> int | float | Hidden | None:
    """As `number`, in a column of that name, which the CellError then begins with."""
    try:
        return number(cell, whole)
    except CellError as error:
        raise CellError(f"{name} {error}") from error


def visible(name: str, cell: str, whole: bool = True) -> int | float | None:
    """As `measured`, but None for a hidden number as well as for a blank."""
    value = measured(name, cell, whole)
    return None if value == SUPPRESSED else value


def count(name: str, cell: str) -> int | None:
    """As `visible`, a whole number."""
    value = visible(name, cell)
    return None if value is None else int(value)


def reason(error: CellError) -> str:
    """Why a cell was not read, without what stood in it, so that like faults count together."""
    return re.sub(r" holds '[^']*'(?:; |, which is |, )", ": ", str(error))[:200]


def _quoted(text: str) -> str:
    """What stands in a cell, short, and never a run of digits long enough to name a person."""
    return "'" + re.sub(r"[0-9]{8,}", "…", text[:24]) + "'"


YEAR_SEPARATORS = r"\s*(?:/|-|_|to)\s*"
FINANCIAL = re.compile(r"\b(?:fin(?:ancial)?|fiscal) y(?:ea)?rs?\b|\bf\.?y\.?(?=\d|\s|$)")
# The last is a letter P or R straight behind the year, as in 2024/25p.
PERIOD_WORDS = re.compile(
    r"\b(?:provisional|revised|final|estimated|prov|(?:calendar )?years?|cy(?=\d))\b"
    r"|\bcy(?=\d)|(?<=\d)\s?[pr]$"
)
TO = re.compile(r"\s*(?:\b(?:to|until|through)\b|-)\s*")


def period(cell: str) -> str:
    """A period as the planner writes it; words that cannot be dated as they stand.

    A financial year becomes 2024/25, a calendar year 2024, a quarter 2024/25 Q1, a month 2025-03,
    and any other run of months "2024-04 to 2025-01, 10 months". Notes and marks of provisional or
    revised are left out. Raises CellError for a date that Excel wrote as a count of days.
    """
    text = " ".join(unicodedata.normalize("NFKC", without_notes(cell)).split())
    if re.fullmatch(r"\d{5}", text):
        raise CellError(
            f"holds '{text}', a date as Excel counts days; format the column as a date and save "
            "again"
        )
    if FORMULA in cell:
        raise CellError(
            "holds a formula whose result was never saved; open the file in Excel and save it"
        )
    low = re.sub(r"[\u2010-\u2015\u2212]", "-", text).lower()
    plain = " ".join(PERIOD_WORDS.sub(" ", FINANCIAL.sub(" ", low)).split()).strip(" ,:;()[]")
    dated = _dated(plain) or _year_ending(low)
    # The year 2025 of accounts may have ended or begun in 2025.
    if re.fullmatch(r"20\d\d", plain) and FINANCIAL.search(low):
        dated = ""
    return dated or text[:60]


def _dated(low: str) -> str:
    """A year, quarter, month or run of months in lower case as the planner writes it; empty where
    it is none."""
    quarter = re.fullmatch(r"(.*?)[\s,]*\bq(?:uarter)?\s?([1-4])\b[\s,]*(.*)", low)
    year = _financial_year(f"{quarter[1]}{quarter[3]}".strip() if quarter else low)
    if year:
        return f"{year} Q{quarter[2]}" if quarter else year
    twice = re.fullmatch(r"(.+?)[\s:,]*\((.+)\)?", low)
    # "2024/25 (April 2024 to March 2025)", but not "2024/25 (April to June 2024)".
    if twice and (inside := _dated(twice[2].rstrip(")"))) == _dated(twice[1]):
        return inside
    if re.fullmatch(r"20\d\d", low):
        return low
    single = _month(low)
    if single:
        return _run(single, single)
    for between in TO.finditer(low):
        last = _month(low[between.end() :])
        if last:
            # "April to June 2024": the year stands once, behind the last month.
            start = low[: between.start()]
            first = _month(start) or _month(f"{start} {last // 12}")
            return _run(first, last) if first and first <= last else ""
    return ""


def _financial_year(low: str) -> str:
    """2024/25, from 2024/25, 2024/2025, 24/25, 2024-25, 2024_25, 2024 to 2025 or 202425; empty for
    anything else, and for what may as well be a month, such as 2011-12."""
    match = re.fullmatch(rf"(20)?(\d\d)(?:({YEAR_SEPARATORS})(20)?|)(\d\d)", low)
    if not match or (int(match[2]) + 1) % 100 != int(match[5]):
        return ""
    century, separator, again = match[1], (match[3] or "").strip(), match[4]
    if century is None and (again or not separator):
        return ""
    # 2011-12 and 201112 are December 2011, and 11/12 may be a day or a month.
    if int(match[5]) <= 12 and not again and (century is None or separator not in ("/", "to")):
        return ""
    return f"20{match[2]}/{match[5]}"


def _year_ending(low: str) -> str:
    """The year that "year ending March 2025" or "12 months to 31 March 2025" names; else empty."""
    match = re.fullmatch(
        r"(?:the )?(?:(?:financial )?year|fye|(?:12|twelve) months)"
        r"[\s-]*(?:ended|ending|end|to|up to)?"
        r"(?: in)? (.*\d)",
        low,
    )
    last = _month(match[1]) if match else None
    return _run(last - 11, last) if last else ""


# 2024-04 with a day and a time behind it or not; 01/04/2024 or 04/2024; 1st of April 2024 or
# Apr-24; 2024 April.
MONTH_SHAPES = (
    r"(?P<year>20\d\d)[-_/]?(?P<month>0[1-9]|1[0-2])(?:[-/]?\d\d(?:[ t]\d\d:.*)?)?",
    r"(?:\d{1,2}[/.\-])?(?P<month>\d{1,2})[/.\-](?P<year>20\d\d)",
    r"(?:\d{1,2}(?:st|nd|rd|th)?[ -]?(?:of )?)?(?P<month>[a-z]{3})[a-z]*[ ,'\u2019/_.-]*"
    r"(?P<year>20\d\d|\d\d)",
    r"(?P<year>20\d\d)[ ,/_-]*(?P<month>[a-z]{3})[a-z]*",
)


def _month(low: str) -> int | None:
    """The month that words in lower case name, a day left out, as a count of months from the year
    nought; None for other words."""
    match = next(filter(None, (re.fullmatch(shape, low) for shape in MONTH_SHAPES)), None)
    name = match["month"] if match else ""
    number = int(name) if name.isdigit() else MONTHS.index(name) + 1 if name in MONTHS else 0
    if match is None or not 1 <= number <= 12:
        return None
    return (2000 + int(match["year"]) % 1000) * 12 + number - 1


def _run(first: int, last: int) -> str:
    """The months from one to another as one period: a year or a quarter where they make one."""
    count = last - first + 1
    year, month = divmod(first, 12)
    financial_year, since_april = divmod(first - 3, 12)
    name, end = (f"{m // 12}-{m % 12 + 1:02d}" for m in (first, last))
    if count == 1:
        return name
    if count == 12 and month == 0:
        return f"{year}"
    financial = f"{financial_year}/{(financial_year + 1) % 100:02d}"
    if count == 12 and since_april == 0:
        return financial
    if count == 3 and month % 3 == 0:
        return f"{financial} Q{since_april // 3 + 1}"
    return f"{name} to {end}, {several(count, 'month')}"


CLASS_WORDS: dict[str, MedicineClass] = {
    "antidepressant": MedicineClass.ANTIDEPRESSANTS,
    "antidepressants": MedicineClass.ANTIDEPRESSANTS,
    "antidepressantdrugs": MedicineClass.ANTIDEPRESSANTS,
    "benzodiazepine": MedicineClass.BENZODIAZEPINES,
    "benzodiazepines": MedicineClass.BENZODIAZEPINES,
    "gabapentinoid": MedicineClass.GABAPENTINOIDS,
    "gabapentinoids": MedicineClass.GABAPENTINOIDS,
    "opioid": MedicineClass.OPIOIDS,
    "opioids": MedicineClass.OPIOIDS,
    "opioidpainmedicines": MedicineClass.OPIOIDS,
    "opioidmedicines": MedicineClass.OPIOIDS,
    "opioidanalgesics": MedicineClass.OPIOIDS,
    "zdrug": MedicineClass.Z_DRUGS,
    "zdrugs": MedicineClass.Z_DRUGS,
}


def medicine_class(cell: str) -> MedicineClass | None:
    """The class a cell names, or None for a name that is not one of the five."""
    return CLASS_WORDS.get(re.sub(r"[^a-z]", "", without_notes(cell).lower()))


SEXES = {
    **dict.fromkeys(("f", "female", "females", "women", "woman"), "Female"),
    **dict.fromkeys(("m", "male", "males", "men", "man"), "Male"),
    **dict.fromkeys(("", "all", "both", "persons", "total", "everyone"), ""),
}


def sex(cell: str) -> str:
    """Female or Male; empty where the cell says everybody or is blank. Raises CellError for
    anything else."""
    low = without_notes(cell).strip().lower()
    if low not in SEXES:
        raise CellError("sex is neither female nor male")
    return SEXES[low]


AGE_BANDS = (
    (r"0*(\d{1,3})\s*(?:-|to)\s*0*(\d{1,3})", "{0}-{1}"),
    (r"0*(\d{1,3})\s*(?:\+|plus|and over|and above|or over)", "{0}+"),
    (r"0*(\d{1,3})\s*(?:and under|or under)", "0-{0}"),
    (r"0*(\d{1,3})", "{0}-{0}"),
)
"""How an age band or a single year is written, and how the planner writes it."""
OLDEST = 130


def age_band(cell: str) -> str:
    """An age band as 25-29 or 90+, or a single year as 34-34; empty for everybody. Raises
    CellError."""
    low = " ".join(without_notes(cell).lower().replace("_", "-").replace("–", "-").split())
    low = re.sub(r"\s*(years?|yrs?)( old)?$", "", low)
    if low in {"", "all", "all ages", "total", "everyone"}:
        return ""
    for pattern, band in AGE_BANDS:
        if match := re.fullmatch(pattern, low):
            ages = [int(age) for age in match.groups()]
            if ages == sorted(ages) and ages[-1] <= OLDEST:
                return band.format(*ages)
    raise CellError("age band is not known")


def deprivation(cell: str, parts: int = 5) -> int | None:
    """A deprivation fifth, or a tenth of 10 parts, 1 the most deprived; None for everybody. Raises
    CellError for anything else."""
    low = without_notes(cell).strip().lower()
    if low in {"", "all", "total"}:
        return None
    match = re.fullmatch(
        r"(?:[qd]|quintile|decile|fifth|tenth)?\s*0?(\d{1,2})(?:\s*[-–(:].*|\s+(?:most|least)\b.*)?",
        low,
    )
    ends = {"most deprived": 1, "least deprived": parts}
    number = int(match[1]) if match else ends.get(low, 0)
    if not 1 <= number <= parts:
        raise CellError("deprivation fifth is not 1 to 5")
    if number == 1 and "least" in low or number == parts and "most" in low:
        raise CellError("deprivation fifth runs the other way; 1 must be the most deprived")
    return number


def code(cell: str) -> str:
    """An organisation's code in capitals without spaces around it; empty where there is none."""
    text = without_notes(cell).strip().upper()
    if text in {"", "-", "UNKNOWN", "UNK"}:
        return ""
    if not re.fullmatch(r"[A-Z0-9_.-]{1,20}", text):
        raise CellError("the organisation's code is not letters and figures")
    return text
