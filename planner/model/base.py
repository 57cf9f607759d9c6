"""What every model shares: frozen, strict about unknown fields, safe text; no domain words here."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

LONGEST_TEXT = 10_000
LONGEST_LINE = 300
LARGEST_COUNT = 100_000_000
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


def repeated(values: Iterable[Hashable]) -> list[Any]:
    """Each value that stands more than once, in the order in which they first stand."""
    return [value for value, times in Counter(values).items() if times > 1]


def grouped(values: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The values under each key, keys and values in the order in which they first stand."""
    groups: dict[K, list[T]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return dict(groups)


class Frozen(BaseModel):
    """A value that cannot change after it has been checked, and that refuses fields it does not
    know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def without_fault(value: T, *faults: tuple[object, str]) -> T:
    """The value itself. Raises ValueError with the words of the first fault that holds."""
    for holds, words in faults:
        if holds:
            raise ValueError(words)
    return value


# Controls but for tabs and line ends, half characters, and codes that never are characters: a
# short run of them, and the last two of each plane.
_UNPRINTABLE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef"
    + "".join(
        chr(plane + last) for plane in range(0, 0x11_0000, 0x1_0000) for last in (0xFFFE, 0xFFFF)
    )
    + "]"
)


def printable(text: str) -> str:
    """The text as typed, or an error if it holds characters that a Word document cannot hold.

    Tabs and line ends are kept. Raises ValueError naming the character and its place.
    """
    faults = (
        (
            True,
            f"character {match.start() + 1} cannot be printed (code {ord(match[0])}); "
            "delete it, or paste the text again as plain text",
        )
        for match in _UNPRINTABLE.finditer(text)
    )
    return without_fault(text, *faults)


def _unix_line_ends(text: str) -> str:
    return re.sub("\r\n|[\r\u2028\u2029\x85]", "\n", text)


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _not_blank(text: str) -> str:
    return without_fault(text, (not text.strip(), "must not be empty"))


Text = Annotated[
    str, Field(max_length=LONGEST_TEXT), AfterValidator(_unix_line_ends), AfterValidator(printable)
]
"""Text a person typed. It may be empty, hold any script, and is never read as markup."""

MOST_WORDS = 150


def _few_words(text: str) -> str:
    count = len(text.split())
    words = f"has {count} words, and the documents have room for {MOST_WORDS}: say it in fewer"
    return without_fault(text, (count > MOST_WORDS, words))


FEW_WORDS = AfterValidator(_few_words)
Passage = Annotated[Text, FEW_WORDS]
"""Text that stands in the paper for a board or in the specification, which keep to their pages: it
has at most `MOST_WORDS` words, since none of it is ever cut."""

Line = Annotated[
    str,
    Field(max_length=LONGEST_LINE),
    AfterValidator(_unix_line_ends),
    AfterValidator(_one_line),
    AfterValidator(printable),
]
"""Text meant for one line: a title, a table cell. It may be empty."""

Name = Annotated[Line, AfterValidator(_not_blank)]
"""Text for one line that must say something."""

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
"""A date a plan can hold."""

FinancialYear = Annotated[str, Field(pattern=r"^20\d\d/\d\d$")]
"""An English financial year, April to March, written 2026/27."""

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, between 0 and 1."""

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
"""A whole number of people or items."""

Pounds = Annotated[float, Field(ge=0, le=1_000_000_000)]
"""An amount of money in pounds."""


class Range(Frozen):
    """A low, central and high value. They are scenarios, not the ends of a statistical interval."""

    low: float
    central: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return without_fault(
            self,
            (
                not self.low <= self.central <= self.high,
                "low, central and high must run from smallest to largest",
            ),
        )

    def scaled(self, factor: float) -> "Range":
        """Each value multiplied by one non-negative factor."""
        return Range(low=self.low * factor, central=self.central * factor, high=self.high * factor)


def as_range(value: float | Range) -> Range:
    """A range as it is, and one number as the same low, central and high."""
    return value if isinstance(value, Range) else Range(low=value, central=value, high=value)


def beyond(values: Range | None, least: float, most: float) -> bool:
    """Whether a range that is given goes below the least or above the most."""
    return values is not None and not least <= values.low <= values.high <= most


class ByKey(tuple[T, ...]):
    """One value for each of a fixed list of keys, in their order, looked up by key; a list in a
    plan file.

    A list that is shorter, as a plan from before a key was added has it, is filled up with None.
    """

    KEYS: ClassVar[tuple[Any, ...]] = ()

    @classmethod
    def known(cls, values: Mapping[Any, Any]) -> Self:
        """The values given, and None for every other key."""
        values_in_order: Any = (values.get(key) for key in cls.KEYS)
        return cls(values_in_order)

    @classmethod
    def unknown(cls) -> Self:
        """Nothing known of any key."""
        return cls.known({})

    def of(self, key: Any) -> T:
        """The value of one key."""
        return self[self.KEYS.index(key)]

    def updated(self, values: Mapping[Any, T]) -> Self:
        """The same but for the keys given."""
        return self.known(dict(zip(self.KEYS, self, strict=False)) | dict(values))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        one = handler.generate_schema(get_args(source)[0])
        return core_schema.no_info_after_validator_function(
            lambda values: cls(values).updated({}),
            core_schema.tuple_variable_schema(one, max_length=len(cls.KEYS)),
        )


class ByQuintile(ByKey[T]):
    """One value for each fifth of areas by deprivation, from 1, the most deprived, to 5."""

    KEYS = (1, 2, 3, 4, 5)


class ShareRange(Range):
    """A low, central and high share, each between 0 and 1."""

    low: Share
    central: Share
    high: Share


def _one_for_all(value: object) -> object:
    """A plain number, as older plans hold, is the same low, central and high."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"low": value, "central": value, "high": value}
    return value


class ClassesRange(Range):
    """A low, central and high number of classes of medicine for each person: at least one, at most
    five."""

    low: Annotated[float, Field(ge=1, le=5)]
    central: Annotated[float, Field(ge=1, le=5)]
    high: Annotated[float, Field(ge=1, le=5)]


ShareOrRange = Annotated[ShareRange | None, BeforeValidator(_one_for_all)]
"""A share, low, central and high, or nothing; a plain number stands for all three."""

ClassesOrRange = Annotated[ClassesRange | None, BeforeValidator(_one_for_all)]
"""Classes for each person, low, central and high, or nothing; a plain number stands for all three.
"""
