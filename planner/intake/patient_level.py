"""Turns away a table that holds people rather than counts, before anything of it is kept."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from planner.intake.cells import without_notes
from planner.intake.errors import PatientLevelError
from planner.intake.files import SheetRows

IDENTIFYING = re.compile(
    r"\b(nhs ?(no|num|number)|pseudo\w* ?(nhs|id|ids|identifiers?|number|key)?"
    r"|patient ?(id|ids|identifiers?|key|ref\w*|no|number|name|postcode|address)"
    r"|person ?(id|ids|identifiers?|key|ref\w*)"
    r"|(date|year|month) ?of ?(birth|death)|birth ?(date|day)|d ?o ?b|dob|d ?o ?d"
    r"|fore ?name|sur ?name|first ?name|last ?name|family ?name|given ?name|middle ?name|full ?name"
    r"|home ?(address|postcode|phone)|e ?mail( address)?|phone|mobile|telephone"
    r"|emis ?(no|number|id)|hospital ?(no|number)"
    r"|(name|postcode|post code|address) of (the )?(patient|person)|usual ?address|next ?of ?kin"
    r"|uprn|ni ?number|national ?insurance\w*)\b"
)
"""Headings that name a person or a thing only a person has."""

COUNTING = re.compile(
    r"\b(patients?|people|persons?|number|count|total|population|list ?size|rate|ratio|numerator"
    r"|denominator|adults?|value|percentage|percent)\b"
)
CONTACT = re.compile(r"\b(phone|telephone|e ?mail( address)?|full ?name)\b")
"""Headings of what an organisation has as well as a person."""
ORGANISATION = re.compile(
    r"\b(practice|surgery|pcn|network|icb|ccg|stp|commissioner|organisation|org|sub icb|region"
    r"|location|provider) ?(code|id|name|full name)\b|^code$"
)
OF_PLACE = re.compile(r"(practice|surgery|pcn|icb|ccg|organisation|commissioner)\b")
"""How a heading begins that is of an organisation, such as PCN full name."""
FEWEST_NUMBERS = 3
"""As many numbers of an amount, or of an organisation's telephone, must pass the check of an NHS
number before they are taken for such: one in eleven of any numbers does."""
AMOUNT = re.compile(r"\b(items?|quantity|cost|nic|days|dose|strength)\b")
"""Headings of what one person may have much of, as well as a whole group."""
AGE = re.compile(r"^(age|age in years|age at .+|patient age|current age)$")
SEX = re.compile(r"^(sex|gender|patient sex|patient gender)$")
SEPARATORS = r"[\s\u2010-\u2015-]{0,2}"
NUMBER = re.compile(
    rf"(?<![0-9])(?<![0-9]\.)([0-9]{{3}}){SEPARATORS}([0-9]{{3}}){SEPARATORS}([0-9]{{4}})(?![0-9])"
)
REFUSED = (
    "so the file was refused whole. Bring counts instead: one row for each class, place or group. "
    "Nothing of this file has been kept"
)
LOOK_AT = 20_000
NOT_PEOPLE = re.compile(r"^(snomed ?code|bnf.*|code|publication|year month|extract date)$")


def refuse_people(name: str, sheets: Sequence[SheetRows]) -> None:
    """Raises PatientLevelError where any table looks as if it had one row a person.

    Signs: a heading that names a person, NHS numbers by their check digit, dates of birth by their
    spread, or single ages beside sexes with no count. The message gives the sign and the column,
    never a value.
    """
    for sheet in sheets:
        header_at = _header(sheet)
        header = [heading_words(cell) for cell in sheet.rows[header_at]]
        rows = sheet.rows[header_at + 1 :]
        where = f"{name}, {sheet.label}" if len(sheets) > 1 else name
        # A lone cell is a note.
        titles = [row for row in sheet.rows[:header_at] if sum(map(bool, row)) > 1]
        of_places = _counts_places(header, rows)
        for row in (*titles, sheet.rows[header_at]):
            for column, cell in enumerate(row, start=1):
                words = heading_words(cell)
                match = IDENTIFYING.search(words) if len(cell) < 60 else None
                if match and not (
                    CONTACT.fullmatch(match[0]) and (of_places or OF_PLACE.match(words))
                ):
                    raise PatientLevelError(
                        f"{where}: column {column} is headed like something only a person has "
                        f"('{match[0]}'), {REFUSED}. If it is of practices and not of people, "
                        "delete that column and bring the rest"
                    )
        _no_numbers(where, sheet, of_places)
        _no_birth_dates(where, header, rows)
        _no_row_a_person(where, header, rows)


def _counts_places(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table counts something for each organisation, and gives no organisation two
    telephones: those would be of people."""
    place = next((i for i, words in enumerate(header) if ORGANISATION.search(words)), None)
    counts = any(AMOUNT.search(words) or COUNTING.search(words) for words in header)
    if place is None or not counts or any(map(AGE.match, header)):
        return False
    contacts = [i for i, words in enumerate(header) if CONTACT.search(words)]
    pairs = {
        (row[place], *(row[i] for i in contacts if i < len(row)))
        for row in rows[:LOOK_AT]
        if len(row) > place
    }
    return len({code for code, *_ in pairs}) == len(pairs)


def heading_words(cell: str) -> str:
    """A heading in lower case without notes, its words parted by single spaces whatever joined
    them."""
    plain = re.sub(r"\s*\(\d{1,2}\)$", "", without_notes(cell))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", parted.lower()).split())


def _header(sheet: SheetRows) -> int:
    """The first row that has at least half as many cells as the widest near the top."""
    filled = [sum(map(bool, row)) for row in sheet.rows[:30]]
    return next(i for i, count in enumerate(filled) if count * 2 >= max(filled))


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits pass the check of an NHS number (modulus 11)."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    remainder = (
        sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
        % 11
    )
    return (11 - remainder) % 11 == int(digits[9])


def _no_numbers(where: str, sheet: SheetRows, of_places: bool) -> None:
    headings = [
        (column, heading_words(cell)) for row in sheet.rows[:30] for column, cell in enumerate(row)
    ]
    skip = {column for column, words in headings if words == "snomed code"}
    # Columns in which any one number may pass by chance.
    amounts = {
        column
        for column, words in headings
        if AMOUNT.search(words) or of_places and CONTACT.search(words)
    }
    checks = Counter(
        (column, is_nhs_number("".join(number.groups())))
        for row in sheet.rows
        for column, cell in enumerate(row)
        if len(cell) >= 10 and column not in skip
        for number in NUMBER.finditer(cell)
    )
    for column in sorted(column for column, is_one in checks if is_one):
        enough = FEWEST_NUMBERS if column in amounts else 1
        if checks[column, True] >= max(enough, 4 * checks[column, False]):
            raise PatientLevelError(
                f"{where}: column {column + 1} holds numbers that pass the check of an NHS number, "
                + REFUSED
            )


DAY = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[ T].*)?$|^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")


def _no_birth_dates(where: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for column, heading in enumerate(header):
        cells = [row[column] for row in rows[:LOOK_AT] if len(row) > column and row[column]]
        days = [day for cell in cells if (day := _day(cell))]
        if (
            len(cells) >= 3
            and len(days) >= 0.8 * len(cells)
            and not NOT_PEOPLE.match(heading)
            and (max(days) - min(days)).days > 365 * 25
            and sum(day.day != 1 for day in days) > len(days) / 2
        ):
            raise PatientLevelError(
                f"{where}: column {column + 1} holds dates spread like dates of birth, {REFUSED}"
            )


def _day(cell: str) -> date | None:
    match = DAY.match(cell)
    if not match:
        return None
    parts = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    with suppress(ValueError):
        return date(*(int(part) for part in parts))
    return None


def _no_row_a_person(where: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    has_age = next((i for i, cell in enumerate(header) if AGE.match(cell)), None)
    has_sex = any(map(SEX.match, header))
    if has_age is None or any(map(COUNTING.search, header)):
        return
    amounts = {i for i, cell in enumerate(header) if AMOUNT.search(cell)}
    # Each group stands once in a table of groups; two people may be alike in everything.
    if amounts:
        alike = [
            tuple(cell for i, cell in enumerate(row) if i not in amounts)
            for row in rows[:LOOK_AT]
            if row
        ]
        if len(set(alike)) == len(alike):
            return
    ages = [row[has_age] for row in rows[:LOOK_AT] if len(row) > has_age and row[has_age]]
    single = [age for age in ages if re.fullmatch(r"\d{1,3}", age) and int(age) <= 120]
    if ages and len(single) >= 0.8 * len(ages) and (has_sex or len(set(single)) < len(single)):
        raise PatientLevelError(
            f"{where}: each row seems to be one person, with an age and no count, {REFUSED}"
        )
