"""Whatever is thrown at the reader: a reading whose numbers agree with themselves, or a refusal
in words.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.analysis.local_data.adopt import CannotAdopt, adopt
from planner.intake import cells, layouts, mapping, nhsbsa, template
from planner.intake.cells import SUPPRESSED, CellError
from planner.intake.patient_level import is_nhs_number
from planner.intake.registry import (
    IntakeError,
    NotRecognised,
    ReadingOptions,
    read_pasted,
    read_upload,
)
from planner.model.intake import COLUMN_MEANINGS, MEASURES, ColumnMapping, Reading
from planner.model.place import OrganisationList, Place
from planner.model.plan import Plan
from planner.reference import load_reference
from planner.store.plan_file import plan_from_json, plan_to_json
from tests.intake import samples

# Many examples of each property: left out of the quick loop.
pytestmark = pytest.mark.slow

REFERENCE = load_reference()
PLANS = [
    Plan(place=Place(icb_code=code, organisation_list=which))
    for code, which in (
        ("QF7", OrganisationList.FROM_APRIL_2026),
        ("Z9B2Z", OrganisationList.FROM_APRIL_2026),
        ("QM7", OrganisationList.TO_MARCH_2026),
    )
]
MANY = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

HEADINGS = {
    "our own": list(template.HEADINGS.values()),
    "NHSBSA": [
        "Financial Year",
        "Integrated Care Board Name",
        "Integrated Care Board Code",
        "Drug Category",
        "Identified Patient Flag",
        "Total Identified Patients",
        "Total Items",
        "Total Net Ingredient Cost (GBP)",
    ],
    "analysis": ["date", "id", "name", "y_items", "y_actual_cost", "total_list_size"],
    "measure": ["date", "org_id", "org_name", "numerator", "denominator"],
    "ages": ["EXTRACT_DATE", "ORG_TYPE", "ORG_CODE", "SEX", "AGE_GROUP_5", "NUMBER_OF_PATIENTS"],
    "map": [
        "EXTRACT_DATE",
        "PRACTICE_CODE",
        "PRACTICE_NAME",
        "PCN_CODE",
        "SUB_ICB_LOCATION_CODE",
        "ICB_CODE",
    ],
    "EPD": samples.SNOMED_EPD,
    "EPD of old": samples.OLD_EPD,
}
EVERY = sorted(
    {heading for kind in HEADINGS.values() for heading in kind}
    | {name for names in nhsbsa.COLUMNS.values() for name in names}
    | {name for names in layouts.EPD_COLUMNS.values() for name in names}
    | {name for names in (*template.ALSO.values(), *mapping.LIKELY.values()) for name in names}
)
MARKS = ["", "", "*", "-", "<5", "c", "-1", "..", "n/a", "–"]
KNOWN = [
    "opioids",
    "Z-Drugs",
    "antidepressants",
    "Benzodiazepines",
    "gabapentinoids",
    "population",
    "0407020Q0",
    samples.OPIOID,
    samples.CLONAZEPAM,
    "QF7",
    "QM7",
    "QMJ",
    "QRV",
    "Z9B2Z",
    "C88005",
    "03N",
    "03N00",
    "U11111",
    "W2U3Z",
    "2024/25",
    "2023/2024",
    "2025-01",
    "202502",
    "2025-01-01",
    "01-Apr-26",
    "45717",
    "Y",
    "N",
    "F",
    "MALE",
    "ALL",
    "18-24",
    "0_4",
    "95+",
    "40",
    "1",
    "5 - Least Deprived",
    "GP",
    "ICB",
    "icb",
    "practice",
    "resident_adults",
]
NUMBERS = st.one_of(
    st.integers(0, 5_000_000).map(str),
    st.integers(0, 9_999_999).map(lambda n: f"{n:,}"),
    st.integers(-5, 10**12).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(str),
)
CELLS = st.one_of(
    st.sampled_from(KNOWN),
    st.sampled_from(KNOWN),
    NUMBERS,
    NUMBERS,
    st.sampled_from(MARKS),
    st.text(max_size=8),
)
Table = list[list[str]]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table under the headings of one format, some changed, with cells of every sort."""
    headings = list(HEADINGS[draw(st.sampled_from(sorted(HEADINGS)))])
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(headings)))
        change = draw(st.sampled_from(["add", "drop", "junk"]))
        if change == "drop" and headings:
            headings.pop(min(place, len(headings) - 1))
        else:
            headings.insert(
                place, draw(st.sampled_from(EVERY) if change == "add" else st.text(max_size=10))
            )
    if draw(st.booleans()):
        headings = draw(st.permutations(headings))
    notes: Table = draw(st.sampled_from([[], [], [["A note above"]], [["A title"], []]]))
    width = len(headings)
    body = draw(
        st.lists(st.lists(CELLS, min_size=max(0, width - 1), max_size=width + 1), max_size=6)
    )
    return [*notes, headings, *body]


@st.composite
def likely_tables(draw: st.DrawFn) -> Table:
    """Rows under the headings of one format, each cell of a sort that belongs there, so that much
    is read."""
    headings = HEADINGS[draw(st.sampled_from(sorted(HEADINGS)))]

    def cell(heading: str) -> st.SearchStrategy[str]:
        words = heading.lower().replace("_", " ")
        for signs, values in (
            (("bnf",), [samples.OPIOID, samples.ZOPICLONE, samples.CLONAZEPAM]),
            (("class", "category"), ["opioids", "Z-Drugs", "antidepressants", "population"]),
            (("period", "year", "date", "month"), ["2024/25", "2023/2024", "2025-01", "2025-02"]),
            (("age",), ["", "18-24", "25_29", "90+", "ALL"]),
            (("sex", "gender"), ["", "Female", "MALE"]),
            (("fifth", "quintile"), ["", "1", "5"]),
            (("flag", "unidentified"), ["Y", "N"]),
            (("org type", "level"), ["ICB"]),
            (("sub icb", "pco"), ["", "03N", "93C"]),
            (("pcn",), ["", "U11111"]),
            (("practice code",), ["C88005", "C86001", "-"]),
            (("icb", "code", "board code", "id"), ["QF7", "QMJ", "QRV", "QM7"]),
            (("counted",), ["", "resident_adults", "registered_all_ages"]),
            (("group type",), ["", "ethnicity"]),
            (("group",), ["", "White"]),
        ):  # fmt: skip
            if any(sign in words for sign in signs) and "patients" not in words:
                return st.sampled_from(values)
        if any(sign in words for sign in ("name", "address", "postcode", "office", "snomed")):
            return st.just("x")
        return st.one_of(st.integers(0, 9_000).map(str), st.sampled_from(MARKS))

    body = draw(
        st.lists(
            st.tuples(*(cell(heading) for heading in headings)).map(list), min_size=1, max_size=8
        )
    )
    return [list(headings), *body]


def agrees_with_itself(result: Reading) -> None:
    report = result.report
    assert 0 <= report.rows_used <= report.rows_read
    assert report.rows_used + sum(skip.rows for skip in report.skipped) <= report.rows_read
    assert report.suppressed == sum(len(record.suppressed) for record in result.records)
    for record in result.records:
        for measure in MEASURES:
            value = getattr(record, measure)
            assert value is None or value >= 0
            if (
                measure in ("patients", "long_term", "high_dose", "population")
                and measure in record.suppressed
            ):
                assert value is None, "hidden is not a number"
            if measure in record.suppressed:
                assert value != 0, "hidden is never nought"
        assert record.patients is None or record.medicine_class is not None
    keys = [record.about for record in result.records]
    assert len(keys) == len(set(keys)), "nothing is said twice"


def goes_into_plans(result: Reading) -> None:
    for plan in PLANS:
        try:
            adoption = adopt(plan, [result], REFERENCE)
        except CannotAdopt as error:
            assert len(str(error)) > 20
            continue
        assert plan_from_json(plan_to_json(adoption.plan).encode()) == adoption.plan
        for row in adoption.plan.prescribing.classes:
            # A count of people is one that stands in the file, and no sum.
            if row.patients is not None:
                assert row.patients in {record.patients for record in result.records}


def tried(name: str, data: bytes, mappings: Sequence[ColumnMapping] = ()) -> Reading | None:
    try:
        result = read_upload(name, data, REFERENCE, ReadingOptions(mappings=mappings))
    except IntakeError as error:
        assert name in str(error) and len(str(error)) <= 400
        return None
    agrees_with_itself(result)
    return result


@MANY
@given(table=tables(), workbook=st.booleans())
def test_any_table_is_read_consistently_or_refused(table: Table, workbook: bool) -> None:
    result = tried("opioids.file", written(table, workbook))
    if result is not None:
        goes_into_plans(result)


@MANY
@given(table=likely_tables(), workbook=st.booleans())
def test_any_likely_table_is_read_consistently_or_refused(table: Table, workbook: bool) -> None:
    result = tried("opioids.file", written(table, workbook))
    if result is not None:
        goes_into_plans(result)


def written(table: Table, workbook: bool) -> bytes:
    if not workbook:
        return samples.as_csv(
            [[cell.encode(errors="ignore").decode() for cell in row] for row in table]
        )
    clean = [["".join(c for c in cell if c.isprintable()) for cell in row] for row in table]
    return samples.as_xlsx({"Sheet": clean})


@FEW
@given(table=likely_tables(), data=st.data())
def test_any_mapping_of_columns_is_followed_or_refused(table: Table, data: st.DataObject) -> None:
    body = samples.as_csv([[f"Column {n}" for n in range(len(table[0]))], *table[1:]])
    try:
        read_upload("own.csv", body, REFERENCE)
    except NotRecognised as error:
        columns = mapping.headings(error.opened.sheets[0])
    except IntakeError:
        return
    meanings = data.draw(st.permutations(sorted(COLUMN_MEANINGS)))
    current = ColumnMapping(
        columns=tuple(columns),
        meaning=dict(zip(data.draw(st.permutations(columns)), meanings, strict=False)),
        fixed=data.draw(
            st.sampled_from([{}, {"class": "opioids"}, {"class": "opioids", "period": "2024/25"}])
        ),
    )
    result = tried("own.csv", body, [current])
    if result is not None:
        goes_into_plans(result)


@FEW
@given(text=st.text(st.characters(), max_size=300))
@example("class\tperiod\tpatients\nopioids\t2024/25\t\ud800")
def test_any_text_may_be_pasted(text: str) -> None:
    try:
        agrees_with_itself(read_pasted(text, REFERENCE))
    except IntakeError as error:
        assert "pasted table" in str(error)


SAMPLES = {
    "dfm.xlsx": samples.dfm(),
    "mumh.xlsx": samples.mumh(),
    "epd.csv": samples.epd(),
    "epd.zip": samples.as_zip({"a.csv": samples.epd()}),
    "epd.gz": samples.as_gz(samples.epd()),
    "epd.parquet": samples.as_parquet(samples.epd_rows()),
    "opioids.csv": samples.analyse(),
    "quin.csv": samples.five_year(),
    "map.csv": samples.practice_map(),
    "ours.csv": samples.as_csv(samples.TEMPLATE),
}


@MANY
@given(name=st.sampled_from(sorted(SAMPLES)), data=st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str, data: st.DataObject) -> None:
    body = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        how = data.draw(st.sampled_from(["change", "cut", "drop", "repeat", "insert"]))
        if how == "change":
            body[at] = data.draw(st.integers(0, 255))
        elif how == "cut" and at:
            del body[at:]
        elif how == "drop":
            del body[at : at + data.draw(st.integers(1, 40))]
        elif how == "repeat":
            body[at:at] = body[at : at + data.draw(st.integers(1, 40))]
        else:
            body[at:at] = data.draw(st.binary(max_size=10))
        if not body:
            break
    result = tried(name, bytes(body))
    if result is not None:
        goes_into_plans(result)


@MANY
@given(
    start=st.sampled_from(
        [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"PAR1", b"\xff\xfe", b"\xef\xbb\xbf", b"7z"]
    ),
    rest=st.binary(max_size=400),
)
def test_any_bytes_are_refused_or_read(start: bytes, rest: bytes) -> None:
    tried("any.bin", start + rest)


@MANY
@given(text=st.one_of(CELLS, st.text(max_size=12)))
def test_a_cell_is_a_number_of_nought_or_more_or_hidden_or_refused(text: str) -> None:
    try:
        value = cells.number(text)
    except CellError:
        return
    assert value is None or value == SUPPRESSED or (isinstance(value, int) and value >= 0)
    if text.strip() in ("*", "-", "-1", "<5", "c"):
        assert value == SUPPRESSED
    if value == 0:
        assert not set(text) & set("123456789*<c")
    if isinstance(value, int):
        display = "".join(sign for sign in text if sign.isdecimal()).lstrip("0")
        assert display.startswith(str(value).lstrip("0")), "no figure is added, lost or moved"


@FEW
@given(number=st.integers(0, 10**10 - 1))
def test_one_wrong_figure_is_no_nhs_number(number: int) -> None:
    digits = f"{number:010d}"
    right = [digits[:9] + str(last) for last in range(10) if is_nhs_number(digits[:9] + str(last))]
    assert len(right) <= 1
    if right and len(set(digits[:9])) > 1:
        changed = str((int(right[0][0]) + 1) % 10) + right[0][1:]
        assert not is_nhs_number(changed)
