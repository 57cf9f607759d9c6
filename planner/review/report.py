"""A review in words: the lines a person reads and the rows a spreadsheet takes.

No files, no judging.
"""

from collections.abc import Iterable

from planner.analysis.formatting import by_strength
from planner.intake.template import safe_csv
from planner.model.review import RequirementFinding, Review, State

OPERATIONAL = "A specification says what is to be reached; leave how to the provider's policies."
ORDER = (State.MISSING, State.WEAK, State.FOUND)
COLUMNS = ("Part", "Finding", "About", "What the file says", "Where", "Why, or what to do")


def finding_lines(review: Review) -> tuple[str, ...]:
    """The finding first: requirements, then headings, indicators, language and accessibility, a
    line each."""
    own = [t for t in review.template if t.action == review.nearest]
    by_action = [
        f"{f'Action {action}' if action else 'The framework as a whole'}, found: "
        + by_strength(
            (f.strength for f in current),
            (f.strength for f in current if f.state is State.FOUND),
        )
        + "."
        for action in review.actions
        if (current := [f for f in review.requirements if f.id.startswith(f"A{action}.")])
    ]
    return (
        review.summary,
        *(by_action if len(by_action) > 1 else ()),
        f"Headings: nearest to the planner's Action {review.nearest} outline; "
        f"{len(own) - len(review.unanswered)} of its {len(own)} headings are answered.",
        f"Indicators: {review.indicators_seen} seen, {len(review.indicators)} without "
        "a denominator, a baseline or a threshold."
        if review.indicators_seen
        else "Indicators: none seen.",
        "Technical guidance: "
        f"{sum(item.state is State.FOUND for item in review.guidance)} of "
        f"{len(review.guidance)} things that a specification should hold are found; "
        f"{_number(len(review.operational), 'passage')} like an operational policy.",
        f"Length: {review.length.words:,} words, about {review.length.pages} pages"
        + (
            f", where {review.length.most} is the most that a contract manager reads."
            if review.length.is_too_long
            else f", within {review.length.most}."
        ),
        f"Language: {_number(len(review.language), 'passage')} to reconsider.",
        f"Still to be filled in: {_number(len(review.placeholders), 'place')}.",
        f"Accessibility: {_number(len(review.accessibility), 'kind')} of fault.",
    )


def _number(count: int, name: str) -> str:
    return f"{count or 'no'} {name}{'' if count == 1 else 's'}"


def why_line(finding: RequirementFinding) -> str:
    """What was matched and what was not, in words."""
    parts = []
    if finding.matched:
        parts.append("matched " + "; ".join(finding.matched))
    if finding.lacking:
        parts.append("not found: " + ", ".join(finding.lacking))
    elif finding.state is State.WEAK:
        parts.append("the words stand apart under one heading")
    if finding.others:
        parts.append(f"{_number(finding.others, 'other passage')} as well")
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "." if parts else ""


def in_order(findings: Iterable[RequirementFinding]) -> list[RequirementFinding]:
    """Missing first, then weak, then found, each in the framework's order."""
    return sorted(findings, key=lambda finding: ORDER.index(finding.state))


def rows(review: Review) -> list[tuple[str, ...]]:
    """Everything found, a row each, under COLUMNS; for a spreadsheet. The method stands at the
    end."""
    return [
        *(("Summary", line, "", "", review.file, "") for line in finding_lines(review)),
        *(
            (
                "Requirement",
                f.state.value,
                f"{f.id} {f.asks} ({f.asked_of})",
                f.quote,
                f.under,
                why_line(f),
            )
            for f in in_order(review.requirements)
        ),
        *(
            (
                "Heading of the file",
                "answers" if h.answers else "no template heading",
                h.heading,
                "; ".join(h.answers),
                "",
                f"Older template: {h.older}" if h.older else "",
            )
            for h in review.headings
        ),
        *(
            (
                f"Heading of the Action {t.action} template",
                "answered" if t.answered_by else "no heading answers",
                t.heading,
                "; ".join(t.answered_by),
                "",
                f"Perhaps under: {t.perhaps_under}" if t.perhaps_under else "",
            )
            for t in review.template
        ),
        *(
            ("Indicator", "lacks " + ", ".join(i.lacks), i.indicator, "", i.under, "")
            for i in review.indicators
        ),
        *(
            (
                "Technical guidance",
                g.state.value,
                g.holds,
                g.quote,
                g.under,
                f"Not found: {', '.join(g.lacking)}." if g.lacking else "",
            )
            for g in review.guidance
        ),
        *(
            ("Operational policy", "reconsider", o.words, o.quote, o.under, OPERATIONAL)
            for o in review.operational
        ),
        *(
            ("Language", "reconsider", w.words, w.quote, w.under, f"{w.why} Instead: {w.instead}.")
            for w in review.language
        ),
        *(("Placeholder", "fill in", p.words, p.quote, p.under, "") for p in review.placeholders),
        *(
            ("Accessibility", f"{a.fault} ({a.count})", "", a.where, "", a.fix)
            for a in review.accessibility
        ),
        *(("Note", note, "", "", review.file, "") for note in review.notes),
        *(("Method", line, "", "", "", "") for line in review.method),
    ]


def text_lines(review: Review) -> list[str]:
    """The whole review as lines of plain text."""
    lines = [
        review.file,
        *(f"  {line}" for line in finding_lines(review)),
        *(f"  Note: {note}" for note in review.notes),
    ]
    for state in ORDER:
        current = review.of(state)
        if current:
            lines += ["", f"Requirements {state.value}: {by_strength(f.strength for f in current)}"]
        for finding in current:
            lines.append(f"  {finding.id} {finding.asks} ({finding.asked_of})")
            if finding.quote:
                lines.append(f'      "{finding.quote}" (under {finding.under})')
            lines.append(f"      {why_line(finding)}")
    lines += [
        "",
        f"Headings of the file ({len(review.headings)})",
        *(
            f"  {h.heading}: {'; '.join(h.answers) or 'no template heading'}"
            + (f" [older template: {h.older}]" if h.older else "")
            for h in review.headings
        ),
        "",
        f"Headings of the Action {review.nearest} template that nothing answers "
        f"({len(review.unanswered)})",
        *(
            f"  {t.heading}" + (f" (perhaps under {t.perhaps_under})" if t.perhaps_under else "")
            for t in review.unanswered
        ),
    ]
    for title, entries in (
        (
            "Indicators",
            [
                f"{i.indicator}: lacks {', '.join(i.lacks)} (under {i.under})"
                for i in review.indicators
            ],
        ),
        (
            "What a specification should hold, by the contract's technical guidance",
            [
                f"{g.holds}: {g.state.value}"
                + (f"; not found: {', '.join(g.lacking)}" if g.lacking else "")
                + (f' ("{g.quote}", under {g.under})' if g.quote else "")
                for g in review.guidance
            ],
        ),
        (
            "Like an operational policy",
            [
                f'{o.words}: "{o.quote}" (under {o.under}). {OPERATIONAL}'
                for o in review.operational
            ],
        ),
        (
            "Language",
            [
                f'{w.words}: "{w.quote}" (under {w.under}). {w.why} Instead: {w.instead}.'
                for w in review.language
            ],
        ),
        (
            "Still to be filled in",
            [f'{p.words}: "{p.quote}" (under {p.under})' for p in review.placeholders],
        ),
        (
            "Accessibility",
            [
                f"{a.fault} ({a.count}){': ' + a.where if a.where else ''}. {a.fix}"
                for a in review.accessibility
            ],
        ),
        ("How this was judged", review.method),
    ):
        if entries:
            lines += ["", title, *(f"  {entry}" for entry in entries)]
    return lines


def review_csv(review: Review) -> bytes:
    """Everything a review found, a row each, as CSV that Excel opens; no cell is taken for a
    formula."""
    return safe_csv(COLUMNS, rows(review))
