"""Step 2: whom the service must reach, who is prescribed what, and where need lies."""

from collections.abc import Iterable, Sequence
from functools import partial

import streamlit as st

from planner.analysis.formatting import capital, percent, rounded
from planner.analysis.population.expected import expected_findings
from planner.analysis.population.inequality import ClassGap
from planner.analysis.population.standardisation import ClassStandardised
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import GroupFinding
from planner.analysis.statistics.intervals import Interval
from planner.documents import tables
from planner.documents.sections.need import share_of_women
from planner.model.document import DASH
from planner.model.place import ResidentGroup, Split
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.steps.need import bring_a_file
from planner.screens.steps.places import months, where
from planner.screens.ui.display import bullets, chart, lazy_panel, small, table, tabs
from planner.screens.ui.form import Form, help_words
from planner.screens.ui.markup import plain
from planner.screens.ui.session import results_for

GROUPS = (
    "People in the most deprived fifth of areas",
    "People from ethnic minority communities",
    "Disabled people",
    "People whose first language is not English",
    "People with a learning disability and autistic people",
    "People with several long-term conditions",
    "People with severe mental illness",
    "People who are homeless or in temporary housing",
    "People in contact with the justice system",
    "Gypsy, Roma and Traveller communities",
    "Vulnerable migrants",
    "People with drug or alcohol dependence",
    "People in rural or coastal communities",
    "Pregnant women",
    "Older people who have had a fall",
)

REACHED = (
    (ResidentGroup.ASIAN, ResidentGroup.BLACK),
    (ResidentGroup.MIXED, ResidentGroup.OTHER),
    (ResidentGroup.WHITE,),
    (ResidentGroup.DISABLED, ResidentGroup.NOT_DISABLED),
)
"""The rows of boxes for people a service has reached."""


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    form = Form(plan, _finding)
    bring_a_file()
    form.several(
        "inequality.groups",
        GROUPS,
        accept_new_options=True,
        placeholder="Choose groups, or type your own and press Enter",
    )
    form.field("inequality.actions")
    results = results_for(form.plan)
    tabs(
        "reach",
        {
            "Deprivation": partial(_deprivation, form, results),
            "Sex and age": partial(_sex_and_age, form, results),
            "Ethnicity": partial(_ethnicity, form, results),
            "Places": partial(where, results),
            "Months": partial(months, results),
        },
    )
    return form.done()


def _finding(results: Results) -> None:
    """What local counts show of the class furthest from even, or that there are none."""
    local = [gap for gap in results.inequality.classes if gap.is_local]
    if local:
        st.info(plain(_marked(max(local, key=_unevenness).finding, "local count")))
    else:
        st.info(f"Nothing local yet: bring a file. {plain(results.inequality.profile.finding)}")


def _marked(finding: str, kind: str) -> str:
    """A finding with what kind of number it rests on, before its last stop."""
    return f"{finding.removesuffix('.')} ({kind})."


def _unevenness(gap: ClassGap) -> float:
    return max(gap.ratio, 1 / gap.ratio) if gap.ratio else 0.0


def _deprivation(form: Form, results: Results) -> None:
    """How adults and people prescribed spread over deprivation fifths."""
    result = results.inequality
    local = [gap for gap in result.classes if gap.is_local]
    reach = [_marked(result.reach.finding, "entered")] if result.reach else []
    if local:
        _rates_by_fifth(local)
        st.write(plain(result.profile.finding))
    bullets(reach)
    for words in filter(None, (result.profile.caution, result.index_note)):
        small(words)
    if local:
        chosen = st.selectbox(
            "Class to draw",
            [gap.medicine_class for gap in local],
            format_func=lambda c: capital(c.label),
            key="view:gap",
        )
        chart(f"gap:{chosen.value}", results.plan)
    else:
        chart("deprivation", results.plan)
    lazy_panel("Your counts by fifth, and which index", "fifths", partial(_quintiles, form))
    counts = tables.quintile_counts(results, load_library())
    if counts is not None:
        lazy_panel(
            "Your counts, as the documents show them, and how far apart the fifths stand",
            "slopes",
            partial(_as_documents_show, results),
        )
    lazy_panel(
        "The national pattern, and what is expected by fifth and age at England's rates",
        "expected",
        partial(_national, results),
    )


def _rates_by_fifth(local: Sequence[ClassGap]) -> None:
    """Each class that is counted here: its rate in the most and in the least deprived fifth, and
    how many times the one is of the other."""
    small("Local counts, crude rates: age and sex are not allowed for.")
    rows = []
    for gap in local:
        times = gap.differences.ratio if gap.differences else None
        most, least = (gap.groups[at].rate for at in (0, -1))
        rows.append(
            {
                "Class": capital(gap.medicine_class.label),
                "Most deprived fifth, per 1,000": rounded(most.value, 1) if most else DASH,
                "Least deprived fifth, per 1,000": rounded(least.value, 1) if least else DASH,
                "Most over least, times (95% interval)": _interval(times, 2),
            }
        )
    table(rows, "Rates of each class in the most and the least deprived fifth of areas")


def _interval(of: Interval | None, places: int) -> str:
    """A number with its 95% interval, or a dash."""
    if of is None:
        return DASH
    value, low, high = (rounded(one, places) for one in (of.value, of.low, of.high))
    return f"{value} ({low} to {high})"


def _as_documents_show(results: Results) -> None:
    counted = [gap for gap in results.inequality.classes if gap.is_counted]
    for one in (
        tables.quintile_counts(results, load_library()),
        tables.quintile_gaps(counted, load_library()),
    ):
        if one is not None:
            table(one, in_panel=False)
    if any(gap.is_local for gap in counted):
        chart("deprivation", results.plan)


def _national(results: Results) -> None:
    bullets(
        _marked(gap.finding, "national pattern")
        for gap in results.inequality.classes
        if not gap.is_local
    )
    bullets(expected_findings(results.expected_by_quintile))
    table(tables.expected_by_age(results, load_library()), in_panel=False)


def _quintiles(form: Form) -> None:
    """Counts by fifth of each class, the index they are by, and people living in each fifth."""
    form.field("inequality.deprivation_index")
    small(
        "The two editions rank areas differently and are never mixed. England's rates by "
        "deprivation are by IMD 2019, so with IMD 2025 nothing is expected by fifth; your own "
        "counts by IMD 2025 and the share of adults in the most deprived fifth remain."
    )
    above = help_words("inequality.classes.0.women", above=True)
    st.markdown(f"{above} A count of one to four is never shown in a document.")
    for medicine_class in form.plan.prescribing.included:
        form.quintiles(
            f"{_counts_of(medicine_class)}.by_quintile", f"Fifth {{}}, {medicine_class.label}"
        )
    form.columns(["inequality.period"], ["inequality.source"], ["inequality.counts_index"])
    for field, words in (
        ("population_by_quintile", "People living there"),
        ("reached_by_quintile", "People a service reached"),
    ):
        st.markdown(help_words(f"inequality.{field}.0", above=True))
        form.quintiles(f"inequality.{field}", f"{words}, fifth {{}}")


def _counts_of(medicine_class: MedicineClass) -> str:
    return f"inequality.classes.{list(MedicineClass).index(medicine_class)}"


def _sex_and_age(form: Form, results: Results) -> None:
    """What is known by sex and age, and counts of women and men."""
    st.write(plain(results.inequality.residents[Split.AGE]))
    women = share_of_women(results.inequality.classes)
    if women:
        st.write(plain(women))
    if results.standardised:
        _standardised(results.standardised)
    _groups(results.plan, (one for one in results.inequality.groups if not _is_ethnic(one)), "sex")
    lazy_panel("Your counts of women and men", "sexes", partial(_sexes, form))


def _standardised(rows: Sequence[ClassStandardised]) -> None:
    """Rates with age and sex allowed for, beside England's; what each is of stands in words, in a
    panel."""
    st.header("Age and sex allowed for", anchor=False)
    table(
        [
            {
                "Class": capital(row.medicine_class.label),
                "With England's ages and sexes, per 1,000 (95% interval)": _interval(row.rate, 1),
                "England, per 1,000": f"{rounded(row.england.value, 1)} ({row.england.period})"
                if row.england
                else DASH,
                "Times those expected (95% interval)": _interval(row.ratio, 2),
            }
            for row in rows
        ],
        "Rates of each class with age and sex allowed for, beside England's",
    )
    lazy_panel(
        "What each is of, and whether it may be judged",
        "standardised",
        lambda: bullets(row.finding for row in rows),
    )


def _is_ethnic(finding: GroupFinding) -> bool:
    return "ethnic" in finding.kind.lower()


def _sexes(form: Form) -> None:
    st.markdown(help_words("inequality.classes.0.women", above=True))
    for medicine_class in form.plan.prescribing.included:
        at = _counts_of(medicine_class)
        form.columns([f"{at}.women"], [f"{at}.men"])
    st.markdown(help_words("inequality.population_women", above=True))
    form.columns(
        ["inequality.population_women"],
        ["inequality.population_men"],
        ["inequality.population_source"],
    )


def _ethnicity(form: Form, results: Results) -> None:
    """What is known by ethnic group and disability, and whom a service has reached."""
    result = results.inequality
    here, england = (
        results.reference.people_of(place, Split.ETHNIC_GROUP)
        for place in (results.organisation, results.reference.england)
    )
    table(
        [
            {
                "Residents of all ages, Census 2021": group,
                "Here": percent(here.share(group)),
                "England": percent(england.share(group)),
            }
            for group in map(ResidentGroup, here.people)
        ],
        "Residents of all ages by ethnic group, here and in England",
    )
    st.write(plain(result.residents[Split.DISABILITY]))
    bullets(_marked(one.finding, "entered") for one in result.reach_by_group)
    _groups(results.plan, filter(_is_ethnic, result.groups), "ethnic")
    lazy_panel("People a service has reached, by group", "reached", partial(_reached, form))


def _reached(form: Form) -> None:
    at = "inequality.reached_by_group"
    st.markdown(help_words(f"{at}.{ResidentGroup.WHITE}", above=True))
    for row in REACHED:
        form.columns(
            *([partial(form.count, f"{at}.{group}", f"Reached: {group}")] for group in row)
        )
    form.field("inequality.reached_source")


def _groups(plan: Plan, findings: Iterable[GroupFinding], name: str) -> None:
    """Crude rates over groups: one of them drawn, all of them in words."""
    groups = list(findings)
    if not groups:
        return
    small(
        "Crude rates: other differences between the groups are not allowed for. Adjusted "
        "intervals allow for having picked the widest of several gaps."
    )
    choices = {
        f"{capital(one.medicine_class.label)}, by {one.kind.lower()}": one
        for one in groups
        if one.differences
    }
    if choices:
        chosen = choices[st.selectbox("Groups to draw", list(choices), key=f"view:groups-{name}")]
        st.markdown(plain(chosen.finding))
        chart(f"groups:{chosen.medicine_class.value}:{chosen.kind}", plan)
    lazy_panel(
        "Every class and kind of group",
        f"groups-{name}",
        lambda: bullets(one.finding for one in groups),
    )
