"""Whether opening hours, as somebody typed them, are more than a team could keep."""

import re

from planner.model.case_study_names import IN_WORDS

SPAN = re.compile(
    r"(?P<opens>\d{1,2})(?:[.:](?P<past>\d\d))?\s*(?P<half>am|pm)?\s*(?:to|until|-|–)\s*"
    r"(?P<closes>\d{1,2})(?:[.:](?P<to>\d\d))?\s*(?P<half_to>am|pm)?",
    re.IGNORECASE,
)
VENUES = re.compile(
    rf"(?P<number>\d+|{'|'.join(IN_WORDS)})\s+(?:\w+\s)?"
    r"(?:practices|venues|clinics|sites|surgeries|hubs|rooms|places)\b",
    re.IGNORECASE,
)
DAYS = ((7, r"seven days|every day|each day|daily"), (6, r"monday to saturday|six days"))
WEEKDAYS = 5
MINUTES = 60
NOON = 12


def typed_hours_a_week(typed: str, places: int) -> float:
    """Hours a week that opening hours ask for, with one clinician in each venue at a time; nought
    where none can be read.

    `places` is how many of them "in each place" means. Times between which something is held ask
    for none.
    """
    return sum(
        _hours(part) * _days(part) * _venues(part, places)
        for part in re.split(r"[.;](?=\s|$)|,? and (?=an? )", typed)
    )


def _hours(part: str) -> float:
    return sum(
        max(
            0.0,
            _clock(span["closes"], span["to"], span["half_to"], later=True)
            - _clock(span["opens"], span["past"], span["half"] or "am"),
        )
        for span in SPAN.finditer(part)
    )


def _clock(hour: str, minutes: str | None, half: str | None, later: bool = False) -> float:
    """The hour of a day; one that closes and does not say which half is of the afternoon."""
    whole = int(hour) + int(minutes or 0) / MINUTES
    if int(hour) > NOON:
        return whole
    afternoon = half.lower() == "pm" if half else later
    return whole % NOON + (NOON if afternoon else 0)


def _days(part: str) -> int:
    return next((days for days, words in DAYS if re.search(words, part, re.IGNORECASE)), WEEKDAYS)


def _venues(part: str, places: int) -> int:
    match = VENUES.search(part)
    number = match["number"].lower() if match else "one"
    venues = IN_WORDS.index(number) if number in IN_WORDS else int(number)
    return venues * (places if re.search(r"\b(?:each|every) place\b", part, re.IGNORECASE) else 1)
