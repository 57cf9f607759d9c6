"""Codes that a spreadsheet took for numbers and wrote anew.

Of BNF codes 040702040 becomes 40702040, and 0403030E0, which also reads as 403030 times ten to the
power of nought, becomes 4.03E+05. Of codes of sub-ICB locations 15E00 becomes 15.
"""

import re
from decimal import Decimal, InvalidOperation

from planner.intake.errors import IntakeError
from planner.model.reference import ReferenceData

NUMBER = re.compile(r"(4\d*)(?:\.(\d+))?(?:E\+?(\d{1,2}))?", re.IGNORECASE)
"""A code of BNF 4, in which all our classes are, without its first nought. No BNF code begins so.
"""
READ_AS_NUMBER = re.compile(r"\d+(E\d+)?")


def code_of_number(cell: str, reference: ReferenceData) -> str | None:
    """The nine-character code that a number was made of; None where it was none of our classes'.

    All digits of a whole number are there, so its code is certain. Of a rounded one it is where
    just one code reads so and every medicine that could is of one class. Raises IntakeError where
    a class of ours may be meant and it is not certain which.
    """
    match = NUMBER.fullmatch(cell.strip())
    if match is None:
        return None
    decimals, power = len(match[2] or ""), int(match[3] or 0)
    value = Decimal(cell.strip())
    half = Decimal(10) ** (power - decimals) / 2 if match[3] else Decimal(0)
    classes = {chemical.bnf_code: chemical.medicine_class for chemical in reference.chemicals}
    listed = [*classes, *(miss.bnf_code for miss in reference.near_misses)]
    could = [
        code
        for code in listed
        if READ_AS_NUMBER.fullmatch(code) and abs(Decimal(code) - value) <= half
    ]
    ours = [code for code in could if code in classes]
    if not ours:
        return None
    # Under another prefix of the BNF that reads so too there may be medicines we do not list.
    nearby = {
        classes.get(code)
        for code in listed
        if _prefix(code) != _prefix(ours[0]) and abs(Decimal(_prefix(code)) - value) <= half
    }
    if len(could) > 1 or not nearby <= {classes[ours[0]]}:
        raise IntakeError(
            f"the BNF code {cell.strip()[:20]} was made by a spreadsheet that took a code for a "
            f"number. It may have been {' or '.join(ours[:4])}, or another medicine's. Download "
            "the file again, and open it with its column of codes as text, or not at all"
        )
    return ours[0]


def sub_icb_of_number(code: str, reference: ReferenceData) -> str | None:
    """The sub-ICB location whose code, with two noughts behind it, a spreadsheet made this number
    of; None where it is no such number."""
    try:
        value = Decimal(code)
    except InvalidOperation:
        return None
    was = f"{int(value):02}E" if value in range(100) else ""
    return next((part.code for part in reference.sub_icbs if part.code == was), None)


def _prefix(code: str) -> str:
    """The figures that a code of the BNF begins with, down to its subparagraph."""
    return f"{code.rstrip('*'):0<7}"[:7]


def repaired_words(codes: dict[str, str], reference: ReferenceData) -> str:
    """What is said of codes that were read as what they must have been before a spreadsheet."""
    names = {chemical.bnf_code: chemical.name for chemical in reference.chemicals}
    each = ", ".join(f"{was} as {code} ({names[code]})" for was, code in sorted(codes.items()))
    return f"A spreadsheet had taken BNF codes for numbers, so they were read as: {each}."
