"""Numbers as a reader sees them: the one place that rounds, and that hides small local counts."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from planner.model.base import Range
from planner.model.framework import STRONG, Strength

SUPPRESSED = "fewer than 5"
SMALL = 5
UNDER = f"under {SMALL}"
"""How a small count is told before "more" or "fewer"."""


def rounded(value: float, places: int = 0) -> str:
    """The value with that many decimals and commas between thousands; halves go away from zero.

    A negative number of places rounds to tens, hundreds and so on.
    """
    # Beyond anything a plan means, but still to be said.
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    step = Decimal(1).scaleb(-places)
    # No negative nought.
    return f"{Decimal(repr(value)).quantize(step, ROUND_HALF_UP) + 0:,f}"


def two_figures(value: float) -> float:
    """The value to two significant figures, such as 0.083 for 0.0825; halves go away from zero."""
    exact = Decimal(repr(value))
    places = Decimal(1).scaleb(exact.adjusted() - 1)
    return float(exact.quantize(places, ROUND_HALF_UP)) if value else value


def people(value: float) -> str:
    """A modelled or planned number of people: to about three figures, so that it does not look
    exact.

    One to four are never shown as such, since a local count may stand behind them.
    """
    if 0 < value < SMALL - 0.5:
        return SUPPRESSED
    return _about(value)


def _about(value: float) -> str:
    return rounded(value, min(0, 3 - len(str(int(abs(value))))))


def local_count(value: int) -> str:
    """A local count rounded to the nearest 5. One to four people are never shown; none is shown as
    0."""
    if 0 < value < SMALL:
        return SUPPRESSED
    return rounded(to_five(value))


def to_five(value: int) -> int:
    """A count to the nearest 5. Rates of local counts are worked out from it, lest the count be
    worked back."""
    return SMALL * ((value + SMALL // 2) // SMALL)


def local_counts(values: list[int | None]) -> list[str]:
    """Local counts that add up to a total which may be known, so that no hidden one can be worked
    out.

    Where just one cell is hidden for being small, the next smallest is hidden too.
    """
    small = [i for i, value in enumerate(values) if value is not None and 0 < value < SMALL]
    hidden = set(small)
    if len(small) == 1:
        others = [(value, i) for i, value in enumerate(values) if value and i not in hidden]
        if others:
            hidden.add(min(others)[1])
    return [
        "not known"
        if value is None
        else (SUPPRESSED if i in small else "not shown, to protect another cell")
        if i in hidden
        else local_count(value)
        for i, value in enumerate(values)
    ]


def part_of(part: int, whole: int, places: int = 0) -> str:
    """What share of a local count is something else, unless that would tell of one to four
    people."""
    if whole <= 0:
        return "not known"
    if 0 < part < SMALL or 0 < whole - part < SMALL:
        return "not shown"
    return percent(part / whole, places)


def is_shown(words: str) -> bool:
    """Whether `local_counts` gave a number, and not a reason for hiding one."""
    return words.replace(",", "").isdigit()


def pounds(value: float, places: int = 0) -> str:
    """An amount of money, such as £179,000, £0.26 or -£650."""
    return _signed(rounded(value, places))


def _signed(amount: str) -> str:
    """An amount in pounds, its minus before the sign of the pound."""
    return f"-£{amount[1:]}" if amount.startswith("-") else f"£{amount}"


def about_pounds(value: float) -> str:
    """A modelled amount of money, to about three figures, so that it does not look exact."""
    return _signed(_about(value))


def staff(wte: float) -> str:
    """Whole-time equivalents with as many of two decimals as they need."""
    return rounded(wte, 2).rstrip("0").rstrip(".")


def percent(share: float, places: int = 0) -> str:
    """A share between 0 and 1 as a percentage."""
    return f"{rounded(share * 100, places)}%"


class Unit(StrEnum):
    """What a number counts, and so how it is printed."""

    PEOPLE = "people"
    POUNDS = "pounds"
    PENCE = "pence"
    PERCENT = "percent"
    HOURS = "hours"
    RATE = "rate"
    COUNT = "count"


_FORMATS: dict[Unit, Callable[[float], str]] = {
    Unit.PEOPLE: people,
    Unit.POUNDS: about_pounds,
    Unit.PENCE: lambda value: pounds(value, 2),
    Unit.PERCENT: lambda value: percent(value, 1),
    Unit.HOURS: rounded,
    Unit.RATE: lambda value: rounded(value, 2),
    Unit.COUNT: rounded,
}


def format_number(value: float, unit: Unit) -> str:
    """One number as its unit is printed."""
    return _FORMATS[unit](value)


def likely_ends(values: Range) -> tuple[float, float]:
    """The low and high end to two significant figures, an end that this would carry past the
    central value as it stands: £738 is never printed as likely £740 to £830."""
    low, high = two_figures(values.low), two_figures(values.high)
    return (
        low if low <= values.central else values.low,
        high if high >= values.central else values.high,
    )


def format_range(values: Range | None, unit: Unit = Unit.PEOPLE) -> str:
    """A low, central and high value as "central (low to high)", its ends to two figures, or a plain
    statement that there is none."""
    if values is None:
        return "not given"
    ends = range_in_words(values, unit)
    # A difference that is more likely than not one of fewer says so, as its ends do.
    is_fewer = unit is Unit.PEOPLE and values.central < 0
    central = (more_or_fewer if is_fewer else _FORMATS[unit])(values.central)
    return f"{central} ({ends})" if ends else central


def range_in_words(values: Range, unit: Unit = Unit.PEOPLE) -> str:
    """The ends of a likely range as they are printed everywhere, to two figures; nothing where they
    are printed alike.

    Of people, a range that reaches below nought is of a difference, and its ends are so many fewer
    and so many more: "35 fewer to 110 more". What one to four people would be told by is said once:
    beside a central value as small, a low end of so few is left out, as in "up to 13", and so are
    both where the high end is no more.
    """
    form, (low, high) = _FORMATS[unit], likely_ends(values)
    if values.low == values.high or form(low) == form(high):
        return ""
    if unit is not Unit.PEOPLE or low >= SMALL - 0.5:
        return f"{form(low)} to {form(high)}"
    if low < 0:
        if max(-low, abs(high)) < SMALL - 0.5:
            return f"{UNDER} fewer or more"
        return f"{more_or_fewer(low)} to {more_or_fewer(high)}"
    if 0 < values.central < SMALL - 0.5:
        return "" if high < SMALL - 0.5 else f"up to {form(high)}"
    return f"{form(low)} to {form(high)}"


def more_or_fewer(difference: float) -> str:
    """A difference in people, such as "110 more", "35 fewer" and "none more"; one to four are never
    shown as such."""
    size, which = abs(difference), "more" if difference >= 0 else "fewer"
    if 0 < size < SMALL - 0.5:
        return f"{UNDER} {which}"
    return f"{people(size) if size else 'none'} {which}"


def listed(items: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Items as a sentence lists them: "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


STRENGTHS = (
    ("must or should", "musts and shoulds", STRONG),
    (
        "to consider or that may help",
        "to consider or that may help",
        (Strength.CONSIDER, Strength.MAY),
    ),
    ("example", "examples", (Strength.EXAMPLE,)),
)
"""How strengths are told together: one of them, several of them, and which they are."""


def by_strength(wanted: Iterable[Strength], met: Iterable[Strength] | None = None) -> str:
    """How many things the framework asks, by how strongly: "92 musts and shoulds, 41 to consider
    or that may help and 4 examples". With `met`, how many of each: "85 of 92 musts and shoulds".
    """
    all_of = Counter(wanted)
    met_of = None if met is None else Counter(met)
    parts = []
    for one, several, strengths in STRENGTHS:
        count = sum(all_of[strength] for strength in strengths)
        if count:
            of = "" if met_of is None else f"{sum(met_of[strength] for strength in strengths)} of "
            parts.append(f"{of}{count} {one if count == 1 else several}")
    return listed(parts) or "nothing"


def listed_in_part(items: list[str], all_of: int, else_first: int) -> str:
    """All items where they are that few, else the first of them and how many more there are."""
    if len(items) <= all_of:
        return listed(items)
    return f"{', '.join(items[:else_first])} and {len(items) - else_first} more"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(value: date) -> str:
    """A date as 3 August 2026, whatever the computer's language."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: str) -> str:
    """A month written 2026-03 as March 2026; any other words as they stand."""
    year, dash, number = value.partition("-")
    if dash and len(value) == 7 and year.isdigit() and number.isdigit() and 1 <= int(number) <= 12:
        return f"{MONTHS[int(number) - 1]} {year}"
    return value


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[0].upper() + text[1:]


def lower_first(label: str) -> str:
    """A label within a sentence; an abbreviation stays as it is."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def several(count: int, word: str) -> str:
    """How many of a thing there are, such as "1 row" and "1,200 rows"."""
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def first_reason(*reasons: tuple[object, str]) -> str | None:
    """The words of the first reason that holds, or None where none does."""
    return next((words for holds, words in reasons if holds), None)


def things_are(count: int) -> str:
    """How a sentence about so many things begins: "1 thing is", "20 things are"."""
    return f"{several(count, 'thing')} {'is' if count == 1 else 'are'}"
