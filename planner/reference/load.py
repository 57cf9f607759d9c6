"""Reads the figures we ship. Nothing is worked out here but sums of rows."""

import csv
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from planner.model.case_study import CaseStudy
from planner.model.figures import Figure, FigureKind, Source, work_out
from planner.model.framework import Framework
from planner.model.missing_input import MissingInput
from planner.model.outcomes import OutcomeEvidence, QalyEvidence
from planner.model.place import (
    Organisation,
    OrganisationList,
    PeopleByGroup,
    Split,
    SubIcb,
)
from planner.model.plan import ExamplePlan
from planner.model.prescribing import Basis, MedicineClass, NationalFigure
from planner.model.reference import (
    AnnouncedChange,
    Chemical,
    Evidence,
    HighCostArea,
    MedicineCode,
    NationalPattern,
    NearMiss,
    Oncost,
    OptionTemplate,
    PayPoint,
    PriceIndex,
    ReferenceData,
    ReferenceVersion,
    RegionMonth,
    ResultNotes,
    ReviewEntry,
    StandardPopulation,
    Succession,
    Versions,
)
from planner.reference.cache import (
    PACKAGE,
    cached,
    content_digest,
    content_folder,
    software_version,
)

HERE = Path(__file__).parent

PEOPLE_BY_GROUP = {
    Split.IMD_2019: "adults_by_imd_2019.csv",
    Split.IMD_2025: "adults_by_imd_2025.csv",
    Split.AGE: "adults_by_age.csv",
    Split.ETHNIC_GROUP: "residents_by_ethnic_group.csv",
    Split.DISABILITY: "residents_by_disability.csv",
}

Model = TypeVar("Model", bound=BaseModel)


class ContentError(Exception):
    """A file that we ship cannot be used. The message names the file, the place in it and the
    fault."""


def read_yaml(path: Path) -> Any:
    """The plain values in a YAML 1.2 file. Raises ContentError naming the line, also for a repeated
    key."""
    # The cache answers nearly every start, and none of them then waits for the library of YAML.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise ContentError(f"{path.name}: {error}") from error


def checked(model: type[Model], values: Any, where: str) -> Model:
    """The values as a model. Raises ContentError naming the file and the field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'whole file'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise ContentError(f"{where}: {faults}") from error


def read_rows(model: type[Model], name: str) -> tuple[Model, ...]:
    """Each row of a CSV file as a model; a blank cell is None, or empty text where the model wants
    text."""
    optional = {field for field, info in model.model_fields.items() if info.annotation is not str}
    return tuple(
        checked(
            model,
            {
                column: cell.split()
                if column in ("medicine_classes", "partners")
                else None
                if cell == "" and column in optional
                else cell
                for column, cell in row.items()
            },
            f"{name}, line {line}",
        )
        for line, row in enumerate(_cells(name), start=2)
    )


def _cells(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_case_studies() -> tuple[CaseStudy, ...]:
    """Every case study, in the order of their ids, each figure with its receipt.

    Raises ContentError naming the file and the fault.
    """
    return load_reference().case_studies


@cache
def load_reference() -> ReferenceData:
    """All the figures we ship, read and checked once for the life of the process.

    Raises ContentError naming the file, the line and the fault.
    """
    return cached(ReferenceData, _reference)


def _case_studies() -> tuple[CaseStudy, ...]:
    studies = [
        checked(CaseStudy, read_yaml(path), path.name)
        for path in sorted(content_folder("case_studies").glob("*.yaml"))
    ]
    ids = [study.id for study in studies]
    if len(ids) != len(set(ids)):
        raise ContentError(f"case_studies: an id stands twice among {', '.join(ids)}")
    return tuple(sorted(studies, key=lambda study: int(study.number)))


def _reference() -> ReferenceData:
    succession = read_rows(Succession, "icb_succession.csv")
    assumptions = read_yaml(HERE / "assumptions.yaml")
    organisations = tuple(_organisation(row, succession) for row in _cells("organisations.csv"))
    named = checked(ReferenceVersion, read_yaml(HERE / "version.yaml"), "version.yaml")
    return ReferenceData(
        versions=Versions(
            software=software_version(), reference_data=f"{named.version} ({content_digest()[:8]})"
        ),
        organisations=organisations,
        people_by_group=tuple(
            row for split in Split for row in _people_by_group(split, organisations)
        ),
        sub_icbs=read_rows(SubIcb, "sub_icbs.csv"),
        succession=succession,
        announced=read_rows(AnnouncedChange, "announced_changes.csv"),
        national=read_rows(NationalFigure, "national_prescribing.csv"),
        region_items=_region_items(),
        chemicals=read_rows(Chemical, "medicine_classes.csv"),
        common_medicines=read_rows(MedicineCode, "common_medicines.csv"),
        near_misses=read_rows(NearMiss, "medicine_near_misses.csv"),
        known_others=read_rows(MedicineCode, "known_other_medicines.csv"),
        pay_points=_pay_points(),
        high_cost_areas=read_rows(HighCostArea, "high_cost_areas.csv"),
        oncosts=read_rows(Oncost, "oncosts.csv"),
        deflator=_deflator(),
        evidence=read_rows(Evidence, "evidence.csv"),
        outcomes=_list_of(OutcomeEvidence, "outcomes.yaml"),
        qaly=checked(QalyEvidence, read_yaml(HERE / "qaly.yaml"), "qaly.yaml"),
        standard_population=read_rows(StandardPopulation, "england_adults_by_age_sex.csv"),
        patterns=_list_of(NationalPattern, "national_patterns.yaml"),
        option_templates=_list_of(OptionTemplate, "option_templates.yaml"),
        assumptions=work_out(
            tuple(checked(Figure, row, "assumptions.yaml") for row in assumptions["figures"])
        ),
        assumption_sources=tuple(
            checked(Source, row, "assumptions.yaml") for row in assumptions["sources"]
        ),
        case_studies=_case_studies(),
        framework=checked(Framework, read_yaml(HERE / "framework.yaml"), "framework.yaml"),
        notes=checked(
            ResultNotes, read_yaml(HERE / "reading_results.yaml"), "reading_results.yaml"
        ),
        example=checked(ExamplePlan, read_yaml(HERE / "example_plan.yaml"), "example_plan.yaml"),
        missing_inputs=_list_of(MissingInput, "missing_inputs.yaml"),
    )


def _region_items() -> tuple[RegionMonth, ...]:
    """The items of each region and month; a class without a column has none."""
    return tuple(
        checked(
            RegionMonth,
            {"items": [row.get(c) for c in MedicineClass]}
            | {name: row[name] for name in ("month", "region", "kind", "source")},
            f"region_items.csv, line {line}",
        )
        for line, row in enumerate(_cells("region_items.csv"), start=2)
    )


def _list_of(model: type[Model], name: str) -> tuple[Model, ...]:
    """Each entry of a YAML list as a model."""
    return tuple(
        checked(model, entry, f"{name}, entry {place}")
        for place, entry in enumerate(read_yaml(HERE / name), start=1)
    )


def _people_by_group(
    split: Split, organisations: tuple[Organisation, ...]
) -> tuple[PeopleByGroup, ...]:
    """People told apart one way, of every board, each with its receipt.

    Raises ContentError where a board is missing, or where adults of mid-2020 do not add up to its
    resident adults.
    """
    name = PEOPLE_BY_GROUP[split]
    receipts = ("organisation_list", "code", "kind", "source", "caution")
    rows = tuple(
        checked(
            PeopleByGroup,
            {column: row[column] for column in receipts}
            | {"split": split}
            | {"people": {group: row[group] for group in row if group not in receipts}},
            f"{name}, line {line}",
        )
        for line, row in enumerate(_cells(name), start=2)
    )
    totals = {(row.organisation_list, row.code): row.total for row in rows}
    for icb in organisations:
        total = totals.get((icb.organisation_list, icb.code))
        if total is None:
            raise ContentError(f"{name}: {icb.code} of {icb.organisation_list} is missing")
        adults = icb.population(Basis.RESIDENT_ADULTS).value
        if split in (Split.IMD_2019, Split.AGE) and total != adults:
            raise ContentError(
                f"{name}: the groups of {icb.code} add up to {total:,}, "
                f"and organisations.csv has {adults:,} resident adults"
            )
    return rows


def _organisation(row: dict[str, str], succession: tuple[Succession, ...]) -> Organisation:
    code, kind, where = row["code"], row["kind"], f"organisations.csv, {row['code']}"
    older = row["organisation_list"] == OrganisationList.TO_MARCH_2026

    mid_2020 = "mid-2020"
    registered = "November 2023 to October 2024"
    modelled = "Registered people of all ages times the adult share of residents in mid-2020."
    return checked(
        Organisation,
        {
            "code": code,
            "ons_code": row["ons_code"],
            "name": row["name"],
            "region": row["region"],
            "organisation_list": row["organisation_list"],
            "status": row["status"],
            "residents_65plus": row["resident_65plus"],
            "successors": tuple(s.successor for s in succession if older and s.predecessor == code),
            "predecessors": tuple(
                s.predecessor for s in succession if not older and s.successor == code
            ),
            "populations": [
                {
                    "value": row[basis],
                    "basis": basis,
                    "period": period,
                    "kind": of_kind,
                    "source": row["source"],
                    "caution": " ".join(filter(None, (row["caution"], caution))) or None,
                }
                for basis, period, of_kind, caution in (
                    (Basis.RESIDENT_ADULTS, mid_2020, kind, ""),
                    (Basis.RESIDENT_ALL_AGES, mid_2020, kind, ""),
                    (Basis.REGISTERED_ALL_AGES, registered, kind, ""),
                    (Basis.REGISTERED_ADULTS, registered, FigureKind.MODELLED, modelled),
                )
            ],
        },
        where,
    )


def _pay_points() -> tuple[PayPoint, ...]:
    """The published points, and for bands without a middle point the mean of entry and top."""
    points = read_rows(PayPoint, "pay.csv")
    entries, middles, tops = (
        {(p.year, p.band): p for p in points if p.point == point}
        for point in ("entry", "mid", "top")
    )
    return points + tuple(
        PayPoint(
            year=entry.year,
            band=entry.band,
            point="mid",
            salary=(entry.salary + tops[band].salary) / 2,
            kind=FigureKind.DERIVED,
            verified=entry.verified and tops[band].verified,
            source=f"Mean of entry and top, as the band has no middle point. {entry.source}",
        )
        for band, entry in entries.items()
        if band in tops and band not in middles
    )


def _deflator() -> PriceIndex:
    rows = _cells("gdp_deflator.csv")
    return PriceIndex(
        name="HM Treasury GDP deflator, March 2026",
        values={row["year"]: float(row["index"]) for row in rows},
        forecast_years=tuple(row["year"] for row in rows if row["outturn"] != "outturn"),
        source=rows[0]["source"],
    )


# --- when each shipped figure and clause is next looked at, and by whom --------------------------


def review_dates() -> tuple[ReviewEntry, ...]:
    """Give each shipped file its entry, and the rows that are looked at apart theirs, soonest
    first.

    Raises ContentError naming the fault, KeyError naming a file that nobody looks after.
    """
    entries = checked(ReferenceVersion, read_yaml(HERE / "version.yaml"), "version.yaml").review
    whole = {entry.of: entry for entry in entries if not entry.rows}

    def of_file(file: str) -> ReviewEntry:
        # The longest path that leads to the file decides.
        owner = max((of for of in whole if f"{file}/".startswith(f"{of}/")), key=len, default=file)
        return whole[owner].model_copy(update={"of": file})

    dates = [*(entry for entry in entries if entry.rows), *map(of_file, shipped_files())]
    return tuple(sorted(dates, key=lambda entry: (entry.review, entry.owner, entry.of)))


def shipped_files() -> tuple[str, ...]:
    """Name every file of figures or words that we ship, as it stands in the source."""
    folders = {"planner/reference": PACKAGE / "reference"} | {
        name: content_folder(name) for name in ("case_studies", "spec_templates")
    }
    return tuple(
        f"{name}/{path.relative_to(folder).as_posix()}"
        for name, folder in folders.items()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".csv", ".yaml")
    )
