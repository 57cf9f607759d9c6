"""The published service models together: how many there are, and which of them print what."""

from collections.abc import Iterable

from planner.model.case_study import CaseStudy, Measure

IN_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FRAMEWORK = "pr1103"
COSTS = (Measure.COST_PER_HEAD, Measure.COST_PER_PERSON, Measure.ANNUAL_COST)


def in_words(count: int) -> str:
    """Spell a count up to ten."""
    return IN_WORDS[count] if count < len(IN_WORDS) else str(count)


def numbered(studies: Iterable[CaseStudy]) -> str:
    """Name case studies by their numbers, such as "case studies 1 and 2"."""
    numbers = [study.number for study in studies]
    if len(numbers) < 2:
        return f"case study {numbers[0]}" if numbers else "no case study"
    return f"case studies {', '.join(numbers[:-1])} and {numbers[-1]}"


def case_study_names(studies: tuple[CaseStudy, ...]) -> dict[str, str]:
    """Give what each $name about the case studies stands for; one with a capital begins a
    sentence."""

    def printing(*measures: Measure) -> list[CaseStudy]:
        return [
            s
            for s in studies
            if any(row.published for row in s.measures if row.measure in measures)
        ]

    def priced(measure: Measure) -> list[CaseStudy]:
        """On a chart of money stands only what can be moved to the plan's prices."""
        return [
            s
            for s in studies
            if any(
                s.has_price_year(row) or row.workforce
                for row in s.measures
                if row.measure is measure
            )
        ]

    def only(chosen: list[CaseStudy], one: str, more: str) -> str:
        if not chosen:
            return f"no case study {one}"
        if len(chosen) == len(studies):
            return f"every case study {one}"
        return f"only {numbered(chosen)} {one if len(chosen) == 1 else more}"

    refer_themselves = [study for study in studies if study.self_referral]
    compared = [study for study in studies if study.comparison_group]
    others = [study for study in studies if study.sources[0].id != FRAMEWORK]
    other_services = (
        f", and {numbered(others)} {'stands' if len(others) == 1 else 'stand'} beside them"
    )
    names = {
        "case_study_count": in_words(len(studies)),
        "framework_services": in_words(len(studies) - len(others)),
        "other_services": other_services if others else "",
        "publishing_cost_per_head": only(printing(Measure.COST_PER_HEAD), "publishes", "publish"),
        "publishing_any_cost": only(printing(*COSTS), "publishes", "publish"),
        "priced_per_head": numbered(priced(Measure.COST_PER_HEAD)),
        "priced_per_person": numbered(priced(Measure.COST_PER_PERSON)),
        "stating_overheads": only([s for s in studies if s.overheads_stated], "states", "state"),
        "offering_self_referral": numbered(refer_themselves),
        "count_offering_self_referral": in_words(len(refer_themselves)),
        "with_comparison_group": only(compared, "has", "have") if compared else "none has",
    }
    return names | {
        name.capitalize(): words[:1].upper() + words[1:] for name, words in names.items()
    }
