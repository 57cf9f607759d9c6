"""What a Word document's styles make of a paragraph or a run: heading, list, bold, size, language.

No judging.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

from docx.oxml.ns import qn

FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
HIDDEN = frozenset(
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
SIGNS = {qn("w:tab"): " ", qn("w:br"): " ", qn("w:cr"): " ", qn("w:noBreakHyphen"): "-"}
"""What stands in the text for an element that is no text."""
OLDEST_ANCESTOR = 20
PROPERTIES = {"w:pStyle": "w:pPr", "w:rStyle": "w:rPr", "w:tblStyle": "w:tblPr"}
"""Where a style is named, by what it is the style of."""
HIDING = ("w:vanish", "w:webHidden")
"""The marks that keep a run's words off the page, or off the page as it is read on a screen."""


def is_on(element: Any) -> bool:
    """Whether a switch such as w:b is there and not turned off."""
    return element is not None and value_of(element, "1") not in ("0", "false", "off", "none")


def value_of(element: Any, default: str = "") -> str:
    """What an element such as w:sz says; the default where it says nothing, or is not there."""
    return default if element is None else str(element.get(qn("w:val"), default))


def inside(element: Any, *tags: str) -> Any:
    """What stands inside an element under these tags, one in the other; None where nothing does."""
    return None if element is None else element.find("/".join(qn(tag) for tag in tags))


def text_of(element: Any, boxes: bool = False) -> str:
    """What an element shows: insertions in, deletions and field codes out; text boxes only when
    asked for."""
    return "".join(_pieces(element, boxes))


def _pieces(element: Any, boxes: bool) -> Iterator[str]:
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in SIGNS:
            yield SIGNS[child.tag]
        elif child.tag not in HIDDEN and (boxes or child.tag != TEXT_BOX):
            yield " " if child.tag == qn("w:p") else ""
            yield from _pieces(child, boxes)


def visible(element: Any, tag: str) -> Iterator[Any]:
    """Every element of a kind inside another that is shown, each once."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in HIDDEN:
            yield from visible(child, tag)


@dataclass(frozen=True)
class Styles:
    """The styles of one document by id, and its own language."""

    by_id: dict[str, Any]
    default: str
    language: str

    @classmethod
    def of(cls, document: Any) -> Self:
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
        languages = (
            value_of(next(place.iter(qn("w:lang")), None))
            for place in (styles.get(default), inside(root, "w:docDefaults"))
            if place is not None
        )
        return cls(styles, default, next(filter(None, languages), ""))

    def _chain(self, element: Any, kind: str = "w:pStyle") -> Iterator[Any]:
        """A paragraph's, run's or table's style and those it is based on, nearest first."""
        named = inside(element, PROPERTIES[kind], kind)
        key = value_of(named, self.default if named is None and kind == "w:pStyle" else "")
        # A chain may be made to run in a circle.
        for _ in range(OLDEST_ANCESTOR):
            style = self.by_id.get(key)
            if style is None:
                return
            yield style
            key = value_of(inside(style, "w:basedOn"))

    @staticmethod
    def _name(style: Any) -> str:
        return value_of(inside(style, "w:name")).lower()

    def name(self, paragraph: Any) -> str:
        """The name of a paragraph's style in small letters."""
        return next((self._name(style) for style in self._chain(paragraph)), "")

    def heading_level(self, paragraph: Any) -> int | None:
        """1 to 9 for a paragraph that is a heading in the file's structure."""
        for place in (paragraph, *self._chain(paragraph)):
            if named := re.fullmatch(r"heading ([1-9])", self._name(place)):
                return int(named[1])
            level = value_of(inside(place, "w:pPr", "w:outlineLvl"))
            if level.isdigit():
                return int(level) + 1 if int(level) < 9 else None
        return None

    def in_list(self, paragraph: Any) -> bool:
        """Whether a paragraph is numbered or bulleted by Word."""
        own = inside(paragraph, "w:pPr", "w:numPr")
        if own is not None:
            return value_of(inside(own, "w:numId")) != "0"
        return any(
            inside(style, "w:pPr", "w:numPr") is not None for style in self._chain(paragraph)
        )

    def stands_out(self, paragraph: Any) -> bool:
        """Whether all of a paragraph's words are bold or underlined."""
        runs = [run for run in visible(paragraph, qn("w:r")) if text_of(run).strip()]
        return bool(runs) and all(
            any(is_on(self._first(paragraph, run, tag)) for tag in ("w:b", "w:u")) for run in runs
        )

    def _first(self, paragraph: Any, run: Any, tag: str) -> Any:
        """A run's property, from itself, its character style or its paragraph's style, in that
        order."""
        places = chain((run,), self._chain(run, "w:rStyle"), self._chain(paragraph))
        properties = (inside(place, "w:rPr", tag) for place in places)
        return next((one for one in properties if one is not None), None)

    def take_out_hidden(self, root: Any) -> int:
        """Take what is hidden out of a part of the file: rows of tables, runs, and the paragraphs
        that nothing is left of. Returns how many paragraphs had hidden words."""
        rows = [r for r in root.iter(qn("w:tr")) if is_on(inside(r, "w:trPr", "w:hidden"))]
        count = sum(bool(text_of(p).strip()) for row in rows for p in row.iter(qn("w:p")))
        for row in rows:
            row.getparent().remove(row)
        for paragraph in list(root.iter(qn("w:p"))):
            # Word itself hides the page numbers of a contents list from readers on the web.
            is_copy = next(paragraph.iterancestors(FALLBACK), None) is not None
            if is_copy or self.in_contents(paragraph):
                continue
            hidden = [run for run in visible(paragraph, qn("w:r")) if self._hidden(paragraph, run)]
            count += any(text_of(run, boxes=True).strip() for run in hidden)
            for run in hidden:
                run.getparent().remove(run)
            if hidden and next(visible(paragraph, qn("w:r")), None) is None:
                paragraph.getparent().remove(paragraph)
        return count

    def in_contents(self, paragraph: Any) -> bool:
        """Whether a paragraph's style is one that Word gives to lists of contents."""
        return self.name(paragraph).startswith(("toc", "contents", "table of figures"))

    def _hidden(self, paragraph: Any, run: Any) -> bool:
        """Whether a run is hidden: as it says itself, or else by the styles of its paragraph, its
        table and its own, where two that hide undo each other."""
        levels = (
            list(self._chain(paragraph)),
            list(self._chain(run, "w:rStyle")),
            list(self._chain(next(paragraph.iterancestors(qn("w:tbl")), None), "w:tblStyle")),
        )
        for tag in HIDING:
            own, *marks = (
                next((m for m in (inside(e, "w:rPr", tag) for e in level) if m is not None), None)
                for level in ([run], *levels)
            )
            if is_on(own) if own is not None else sum(map(is_on, marks)) % 2:
                return True
        return False

    def size(self, paragraph: Any, run: Any) -> float | None:
        """A run's size in points, where the file says."""
        value = value_of(self._first(paragraph, run, "w:sz"))
        return int(value) / 2 if value.isdigit() and len(value) < 5 else None

    def run_language(self, run: Any) -> str:
        """The language a run declares for itself, or nothing."""
        return value_of(inside(run, "w:rPr", "w:lang"))
