"""What people type or paste, read as the number they mean, and stopped where it tells of a patient.

Nothing is drawn here.
"""

import re
from contextlib import suppress
from datetime import date, datetime
from string import ascii_letters

from planner.analysis.formatting import rounded
from planner.intake.patient_level import NUMBER, is_nhs_number

FACTORS = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9}
PLAIN = r"\d+(?:\.\d+)?"
POINT = re.compile(rf"{PLAIN}(?:e(?:\+?\d{{1,3}}|-\d{{1,2}}))?", re.IGNORECASE)
FRACTION = re.compile(rf"({PLAIN}) ?/ ?({PLAIN})")
DECIMAL_COMMA = re.compile(r"(\d+),(\d{1,2}|\d{4,})")
GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
GROUPED_BY_POINT = re.compile(r"\d{1,3}\.\d{3}")
"""A count as much of Europe writes it, and a number to three places as we do."""
PER_CENT = re.compile(r"\s*per ?cent\.?\s*$", re.IGNORECASE)
MINUS = "-\N{MINUS SIGN}\N{EN DASH}"
LARGEST = 1e12
DATE_FORMS = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%y")

_BIRTH = re.compile(
    r"\b(?:d\.?o\.?b\b\.?|date of birth|born(?: on)?)\W{0,3}\d{1,2}(?:st|nd|rd|th)?[ /.-]"
    r"(?:\d{1,2}|[a-z]{3,9})[ /.-]\d{2,4}\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?i:patient|pt|client|service user)"
    r"(?:(?i: named| called| name| is|)(?::|) (?:Mr|Mrs|Ms|Miss|Mx|Master)\.? [A-Z]"
    r"|(?i:: ?| named | called | name:? )[A-Z][a-z]+ [A-Z][a-z]+"
    r"| [A-Z][a-z]+ [A-Z][a-z]+,? (?i:aged|born)\b)"
)


def number_in(text: str) -> float | None:
    """The number that a person means by what they typed, or None where it is empty.

    Read are 141,000, 1.41E+05, 137 thousand, 1.4m, 1/2 and 0,5, with a pound sign before or a per
    cent sign behind, which is left aside. Raises ValueError, in words, for anything else.
    """
    typed = PER_CENT.sub("%", " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split()))
    typed = typed.strip("£%").strip()
    if not typed:
        return None
    if typed[0] in MINUS and _value(typed[1:].strip()):
        raise ValueError(f"'{text.strip()}' is less than 0, the least there can be")
    figures = typed.rstrip(ascii_letters)
    value, factor = _value(figures.strip()), FACTORS.get(typed.removeprefix(figures).lower())
    if value is None or factor is None:
        raise ValueError(f"'{text.strip()}' is not a number; write it in figures, such as 1,200")
    if value * factor > LARGEST:
        raise ValueError(f"'{text.strip()}' is too large")
    return value * factor


def _value(typed: str) -> float | None:
    """A number without words behind it."""
    if match := FRACTION.fullmatch(typed):
        return float(match[1]) / float(match[2]) if float(match[2]) else None
    if match := DECIMAL_COMMA.fullmatch(typed):
        return float(f"{match[1]}.{match[2]}")
    if POINT.fullmatch(typed):
        return float(typed)
    if GROUPED.fullmatch(typed):
        return float(re.sub("[, ]", "", typed))
    return None


def for_number_box(text: str, whole: bool, percent: bool) -> float | None:
    """What a box for numbers is to hold of text that is no plain number; in one in per cent a
    fraction such as 1/2 is a share. Raises ValueError, in words."""
    typed = text.strip()
    if typed[:1] and typed[0] in MINUS:
        # Some may be below 0; the box's own bounds say which.
        above = for_number_box(typed[1:], whole, percent)
        return None if above is None else -above
    if whole:
        return whole_number(typed, LARGEST)
    value = number_in(typed)
    if value is not None and percent and FRACTION.search(typed) and "%" not in typed:
        return value * 100
    return value


def bounded(value: float | None, least: float | None, most: float | None) -> float | None:
    """A number as it was typed, or nothing where nothing was.

    A box that was given its bounds would keep a number beyond them to itself, and the page would be
    left without a word. Raises ValueError, in words.
    """
    if value is not None and most is not None and value > most:
        raise ValueError(f"{value:,g} is more than {most:,g}, the most there can be")
    if value is not None and least is not None and value < least:
        raise ValueError(f"{value:,g} is less than {least:,g}, the least there can be")
    return value


def whole_number(text: str, most: float) -> int | None:
    """A count of people or things. Raises ValueError, in words."""
    value, typed = amount(text, most), text.strip()
    if value is not None and abs(value - round(value)) > 1e-6:
        raise ValueError(f"'{typed}' is not a whole number; write the count in full, such as 1234")
    if value is not None and GROUPED_BY_POINT.fullmatch(typed):
        raise ValueError(f"'{typed}' may be {value:g} or {value * 1000:,.0f}; write it in full")
    return None if value is None else round(value)


def share(text: str) -> float | None:
    """A share of 1, typed in per cent or as a fraction such as 1/2. Raises ValueError, in words.

    A number below 1 may be meant as a part or in per cent, and is refused unless a per cent sign
    says so.
    """
    value, text = number_in(text), PER_CENT.sub("%", text)
    if value is None:
        return None
    if FRACTION.search(text) and "%" not in text:
        value *= 100
    elif 0 < value < 1 and "%" not in text:
        raise ValueError(
            f"{value:g} may be {value:g}% or {value * 100:g}%; write it with the per cent sign"
        )
    if value > 100:
        raise ValueError(f"{value:g}% is more than everyone; give a number from 0 to 100")
    return round(value / 100, 8)


def amount(text: str, most: float) -> float | None:
    """An amount that need not be whole. Raises ValueError, in words."""
    value = number_in(text)
    if value is not None and value > most:
        raise ValueError(f"{rounded(value)} is more than {rounded(most)}, the most there can be")
    return value


def number_text(value: float | None) -> str:
    """A number as its box shows it, with every digit."""
    return "" if value is None else f"{value:,.10g}" if value < 1e9 else f"{value:,.0f}"


def share_text(value: float | None) -> str:
    """A share as its box shows it, in per cent."""
    return "" if value is None else f"{round(value * 100, 4):g}" + ("%" if 0 < value < 0.01 else "")


def day_in(text: str) -> date | None:
    """The day that a person means, or None where nothing is typed. Raises ValueError, in words."""
    typed = text.strip()
    if not typed:
        return None
    for form in DATE_FORMS:
        with suppress(ValueError):
            return datetime.strptime(typed, form).date()
    raise ValueError(f"'{typed}' is not a date. Write it as day/month/year, such as 01/04/2027")


def day_text(value: date | None) -> str:
    """A day as its box shows it."""
    return value.strftime("%d/%m/%Y") if value else ""


def without_a_patient(text: str | None) -> str:
    """The text as typed. Raises ValueError, in words, where it looks as if it told of one
    patient."""
    typed = text or ""
    signs = (
        ("an NHS number", any(is_nhs_number("".join(n.groups())) for n in NUMBER.finditer(typed))),
        ("a date of birth", bool(_BIRTH.search(typed))),
        ("a patient's name", bool(_NAMED.search(typed))),
    )
    for what, there in signs:
        if there:
            raise ValueError(
                f"this looks like {what}, so it was not kept. A plan holds nothing about any one "
                "person: take it out, and say how many people instead"
            )
    return typed
