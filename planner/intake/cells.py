"""One cell read as what it stands for: a number, a period, a class, a sex, an age band.

Never a guess.
"""

import re
import unicodedata
from typing import Final, Literal

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
# A mark in square brackets, such as [low], [u], [w], [z] or [k]: government's shorthand for a number
# that is not shown. Behind a number the same marks say revised or provisional, and the number stands.
BRACKETED = re.compile(r"\[[a-z]{1,4}\]")
# A small number told only within a range, such as <5, fewer than 10 or 1-4.
SMALL_RANGE = re.compile(
    r"(<|<=|≤|under|fewer than|less than)\s*\d{1,2}|[01]\s*(-|–|to)\s*([2-9]|10)"
)
LARGEST = 100_000_000_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


# What looks like a number and is not read as one, and why; the last is whatever is none at all.
NOT_NUMBERS = (
    (r"-?[0-9.]+e[+-]?[0-9]+", ", a number in scientific form; widen the column and save again"),
    (
        r"-?[0-9]+,[0-9]{1,2}|-?[0-9.]+,[0-9]+",
        "; write decimals with a point and thousands with a comma",
    ),
    (r"(?!-?([0-9]+(\.[0-9]*)?|\.[0-9]+)\Z).*", ", which is not a number"),
)


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
    if any(unicodedata.category(sign) == "No" for sign in cell):
        raise CellError(
            f"holds {_quoted(cell.strip())}, a number with a raised or circled figure; write it "
            "plainly"
        )
    text = re.sub(rf"(?<=\d)\s*{BRACKETED.pattern}$", "", text, flags=re.IGNORECASE)
    plain = re.sub(r"^£\s*", "", text)
    if whole and plain != text:
        raise CellError(f"holds {_quoted(text)}, an amount of money where a count should be")
    if re.fullmatch(r"-?[0-9]{1,3}([, '\u00a0\u202f][0-9]{3})+(\.[0-9]+)?", plain):
        plain = re.sub(r"[, '\u00a0\u202f]", "", plain)
    for pattern, why in NOT_NUMBERS:
        if re.fullmatch(pattern, plain, re.IGNORECASE):
            raise CellError(f"holds {_quoted(text)}{why}")
    value = float(plain)
    if not 0 <= value <= LARGEST:
        why = "; a count cannot be below zero" if value < 0 else ", more than any real count"
        raise CellError(f"holds {_quoted(text)}{why}")
    if not whole:
        return value
    if not value.is_integer():
        raise CellError(f"holds {_quoted(text)}; a count must be a whole number")
    return int(value)


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


def reason(error: CellError) -> str:
    """Why a cell was not read, without what stood in it, so that like faults count together."""
    return re.sub(r" holds '[^']*'(?:; |, which is |, )", ": ", str(error))[:200]


def _quoted(text: str) -> str:
    """What stands in a cell, short, and never a run of digits long enough to name a person."""
    return "'" + re.sub(r"[0-9]{8,}", "…", text[:24]) + "'"


def period(cell: str) -> str:
    """A financial year as 2024/25, a month as 2025-03, a quarter as 2024/25 Q1; other words as they
    stand."""
    text = " ".join(unicodedata.normalize("NFKC", cell).split())
    match = re.fullmatch(r"(?:FY\s*)?(20\d\d)\s*[/\-–]\s*(20)?(\d\d)(?:\s*(Q[1-4]))?", text, re.I)
    if match and (int(match[1]) + 1) % 100 == int(match[3]) and not (
        match[2] is None and "-" in text and int(match[3]) <= 12
    ):  # fmt: skip
        return f"{match[1]}/{match[3]}" + (f" {match[4].upper()}" if match[4] else "")
    match = re.fullmatch(r"(20\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-/](\d\d)(?:[ T].*)?)?", text)
    if match:
        return f"{match[1]}-{match[2]}"
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](20\d\d)", text)
    if match and 1 <= int(match[2]) <= 12:
        return f"{match[3]}-{int(match[2]):02d}"
    match = re.fullmatch(r"(?:(\d{1,2})[ -]?)?([A-Za-z]{3})[A-Za-z]*[ -]?(20\d\d|\d\d)", text)
    if match and match[2].lower() in MONTHS:
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        return f"{year}-{MONTHS.index(match[2].lower()) + 1:02d}"
    if re.fullmatch(r"\d{5}", text):
        raise CellError(
            f"holds '{text}', a date as Excel counts days; format the column as a date and save "
            "again"
        )
    if FORMULA in cell:
        raise CellError(
            "holds a formula whose result was never saved; open the file in Excel and save it"
        )
    return text[:60]


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
    return CLASS_WORDS.get(re.sub(r"[^a-z]", "", cell.lower()))


SEXES = {
    "Female": {"f", "female", "females", "women", "woman"},
    "Male": {"m", "male", "males", "men", "man"},
    "": {"", "all", "both", "persons", "total", "everyone"},
}


def sex(cell: str) -> str:
    """Female or Male; empty where the cell says everybody or is blank. Raises CellError for
    anything else."""
    low = cell.strip().lower()
    for name, words in SEXES.items():
        if low in words:
            return name
    raise CellError("sex is neither female nor male")


def age_band(cell: str) -> str:
    """An age band as 25-29 or 90+, or a single year as 34-34; empty for everybody. Raises
    CellError."""
    low = " ".join(cell.strip().lower().replace("_", "-").replace("–", "-").split())
    low = re.sub(r"\s*(years?|yrs?)( old)?$", "", low)
    if low in {"", "all", "all ages", "total", "everyone"}:
        return ""
    match = re.fullmatch(r"0*(\d{1,3})\s*(?:-|to)\s*0*(\d{1,3})", low)
    if match and int(match[1]) <= int(match[2]) <= 130:
        return f"{int(match[1])}-{int(match[2])}"
    match = re.fullmatch(r"0*(\d{1,3})\s*(?:\+|plus|and over|and above|or over)", low)
    if match and int(match[1]) <= 120:
        return f"{int(match[1])}+"
    match = re.fullmatch(r"0*(\d{1,3})\s*(?:and under|or under)", low)
    if match:
        return f"0-{int(match[1])}"
    match = re.fullmatch(r"0*(\d{1,3})", low)
    if match and int(match[1]) <= 120:
        return f"{int(match[1])}-{int(match[1])}"
    raise CellError("age band is not known")


def quintile(cell: str) -> int | None:
    """A deprivation fifth, 1 the most deprived; None for everybody. Raises CellError for anything
    else."""
    low = cell.strip().lower()
    if low in {"", "all", "total"}:
        return None
    match = re.fullmatch(r"q?(?:uintile)?\s*([1-5])(?:\s*[-–(:].*)?", low)
    if match:
        if "least" in low and match[1] == "1" or "most" in low and match[1] == "5":
            raise CellError("deprivation fifth runs the other way; 1 must be the most deprived")
        return int(match[1])
    if low in {"most deprived", "least deprived"}:
        return 1 if low.startswith("most") else 5
    raise CellError("deprivation fifth is not 1 to 5")


def code(cell: str) -> str:
    """An organisation's code in capitals without spaces around it; empty where there is none."""
    text = cell.strip().upper()
    if text in {"", "-", "UNKNOWN", "UNK"}:
        return ""
    if not re.fullmatch(r"[A-Z0-9_.-]{1,20}", text):
        raise CellError("the organisation's code is not letters and figures")
    return text
