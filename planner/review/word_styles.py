"""What a Word document's styles make of a paragraph or a run: heading, list, bold, size, language. No judging."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
NOT_SHOWN = frozenset(
    (
        qn("w:del"),
        qn("w:moveFrom"),
        qn("w:pPr"),
        qn("w:rPr"),
        qn("w:instrText"),
        qn("w:delText"),
        FALLBACK,
    )
)
TEXT_BOX = qn("w:txbxContent")
OLDEST_ANCESTOR = 20


def is_on(element: Any) -> bool:
    """Whether a switch such as w:b is there and not turned off."""
    return element is not None and str(element.get(qn("w:val"), "1")) not in (
        "0",
        "false",
        "off",
        "none",
    )


def text_of(element: Any, boxes: bool = False) -> str:
    """What an element shows: insertions in, deletions and field codes out; text boxes only when
    asked for."""
    parts: list[str] = []
    _gather(element, parts, boxes)
    return "".join(parts)


def _gather(element: Any, parts: list[str], boxes: bool) -> None:
    for child in element:
        tag = child.tag
        if tag in NOT_SHOWN or tag == TEXT_BOX and not boxes:
            continue
        if tag == qn("w:t"):
            parts.append(child.text or "")
        elif tag in (qn("w:tab"), qn("w:br"), qn("w:cr")):
            parts.append(" ")
        elif tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif tag == qn("w:p") and parts:
            parts.append(" ")
            _gather(child, parts, boxes)
        else:
            _gather(child, parts, boxes)


def visible(element: Any, tag: str) -> Iterator[Any]:
    """Every element of a kind inside another that is shown, each once."""
    for child in element:
        if child.tag in NOT_SHOWN:
            continue
        if child.tag == tag:
            yield child
        else:
            yield from visible(child, tag)


@dataclass(frozen=True)
class Styles:
    """The styles of one document by id, and its own language."""

    by_id: dict[str, Any]
    default: str
    language: str

    @classmethod
    def of(cls, document: Any) -> Styles:
        """The styles of an opened document; none where the part is missing."""
        try:
            root = document.part.styles.element
        except Exception:
            # A document may come without styles.
            return cls({}, "", "")
        styles = {str(style.get(qn("w:styleId"))): style for style in root.findall(qn("w:style"))}
        default = next(
            (
                key
                for key, style in styles.items()
                if style.get(qn("w:type")) == "paragraph"
                and style.get(qn("w:default")) in ("1", "true")
            ),
            "",
        )
        normal = styles.get(default)
        for place in (normal, root.find(qn("w:docDefaults"))):
            lang = None if place is None else next(place.iter(qn("w:lang")), None)
            if lang is not None and lang.get(qn("w:val")):
                return cls(styles, default, str(lang.get(qn("w:val"))))
        return cls(styles, default, "")

    def _chain(self, element: Any, kind: str = "w:pStyle") -> Iterator[Any]:
        """A paragraph's or run's style and those it is based on, nearest first."""
        properties = element.find(qn("w:pPr" if kind == "w:pStyle" else "w:rPr"))
        named = None if properties is None else properties.find(qn(kind))
        key = (
            str(named.get(qn("w:val")))
            if named is not None
            else self.default
            if kind == "w:pStyle"
            else ""
        )
        # A chain may be made to run in a circle.
        for _ in range(OLDEST_ANCESTOR):
            style = self.by_id.get(key)
            if style is None:
                return
            yield style
            based = style.find(qn("w:basedOn"))
            if based is None:
                return
            key = str(based.get(qn("w:val")))

    @staticmethod
    def _name(style: Any) -> str:
        named = style.find(qn("w:name"))
        return "" if named is None else str(named.get(qn("w:val"), "")).lower()

    def name(self, paragraph: Any) -> str:
        """The name of a paragraph's style in small letters."""
        return next((self._name(style) for style in self._chain(paragraph)), "")

    def heading_level(self, paragraph: Any) -> int | None:
        """1 to 9 for a paragraph that is a heading in the file's structure."""
        places = [paragraph.find(qn("w:pPr")), *self._chain(paragraph)]
        for place in places:
            if place is None:
                continue
            if place.tag == qn("w:style") and (
                m := re.fullmatch(r"heading ([1-9])", self._name(place))
            ):
                return int(m[1])
            inside = place if place.tag == qn("w:pPr") else place.find(qn("w:pPr"))
            level = None if inside is None else inside.find(qn("w:outlineLvl"))
            if level is not None and str(level.get(qn("w:val"))).isdigit():
                value = int(level.get(qn("w:val")))
                return value + 1 if value < 9 else None
        return None

    def in_list(self, paragraph: Any) -> bool:
        """Whether a paragraph is numbered or bulleted by Word."""
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if own is not None:
            number = own.find(qn("w:numId"))
            return number is None or str(number.get(qn("w:val"))) != "0"
        return any(
            style.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
            for style in self._chain(paragraph)
        )

    def stands_out(self, paragraph: Any) -> bool:
        """Whether all of a paragraph's words are bold or underlined."""
        runs = [run for run in visible(paragraph, qn("w:r")) if text_of(run).strip()]
        return bool(runs) and all(
            self._switched(paragraph, run, "w:b") or self._switched(paragraph, run, "w:u")
            for run in runs
        )

    def _switched(self, paragraph: Any, run: Any, tag: str) -> bool:
        result = self._first(paragraph, run, tag)
        return is_on(result)

    def _first(self, paragraph: Any, run: Any, tag: str) -> Any:
        """A run's property, from itself, its character style or its paragraph's style, in that
        order."""
        own = run.find(f"{qn('w:rPr')}/{qn(tag)}")
        if own is not None:
            return own
        for style in (*self._chain(run, "w:rStyle"), *self._chain(paragraph)):
            result = style.find(f"{qn('w:rPr')}/{qn(tag)}")
            if result is not None:
                return result
        return None

    def size(self, paragraph: Any, run: Any) -> float | None:
        """A run's size in points, where the file says."""
        result = self._first(paragraph, run, "w:sz")
        value = "" if result is None else str(result.get(qn("w:val")))
        return int(value) / 2 if value.isdigit() and len(value) < 5 else None

    def run_language(self, run: Any) -> str:
        """The language a run declares for itself, or nothing."""
        result = run.find(f"{qn('w:rPr')}/{qn('w:lang')}")
        return "" if result is None else str(result.get(qn("w:val")) or "")
