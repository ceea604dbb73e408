"""What of a page is not the article, and is cut: by the shape of lines, never by topic.

When in doubt a line is kept: a teaser left in is noise, a sentence cut out is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vnqa.loading.captions import mark_captions
from vnqa.loading.controls import (
    is_action,
    is_breadcrumb,
    is_button,
    is_menu,
    is_reaction,
    is_section,
    is_small_button,
)
from vnqa.loading.decoding import normalise
from vnqa.loading.headings import (
    is_comment_box,
    is_contact,
    is_follow_us,
    is_footer,
    is_pointer,
    is_tags,
)
from vnqa.loading.lines import Line, join_lines, split_lines
from vnqa.loading.related import mark_related

_COMMENT_ROWS = 5  # the name of a reader, the comment, when it was written


@dataclass(frozen=True, slots=True)
class Cut:
    """A block of neighbouring lines that was cut, and why.

    Attributes:
        kind: ``"control"``, ``"menu"``, ``"image"``, ``"link"``, ``"rule"``, ``"caption"``,
            ``"repeated title"``, ``"related"``, ``"pointer"``, ``"tags"``, ``"comments"``,
            ``"follow us"``, ``"footer"``; from an article's byline also ``"title"``,
            ``"published"``, ``"author"``, ``"source"``, ``"url"``, ``"prefix"``.
        text: The lines as they came.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its boilerplate, and what was cut from it, in order."""

    text: str
    cut: tuple[Cut, ...]


def clean(text: str, *, title: str = "") -> Cleaned:
    """Cut everything from a page's text that is not the article.

    Args:
        text: Lines as copied from a page; Markdown marks are taken off.
        title: The headline, if it is known; lines that only repeat it are cut.

    Returns:
        Kept lines in order, and the blocks that were cut. Each kept line is a line of the input
        without markup and outer spaces; cutting again cuts nothing more than markup allows.
    """
    lines = split_lines(normalise(text))
    mark_controls(lines)
    mark_lists(lines, title)
    return Cleaned(join_lines(lines), cuts_of(lines))


def mark_lists(lines: Sequence[Line], title: str) -> None:
    """Mark captions, related lists, and what stands around them, once the headline is known."""
    mark_related(lines)
    mark_captions(lines, title)
    _mark_tags(lines)
    _mark_footer(lines)


def cuts_of(lines: Sequence[Line]) -> tuple[Cut, ...]:
    """Return the cut lines, neighbours of one kind together."""
    blocks: list[tuple[str, list[str]]] = []
    before: Line | None = None
    for line in lines:
        if line.prefix:
            blocks.append(("prefix", [line.prefix]))
        if line.kind is not None:
            if before is not None and before.kind == line.kind:
                blocks[-1][1].append(line.raw)
            else:
                blocks.append((line.kind, [line.raw]))
        before = line
    return tuple(Cut(kind, "\n".join(rows)) for kind, rows in blocks)


def mark_controls(lines: Sequence[Line]) -> None:
    """Mark what a line or its neighbours tell: images, buttons, menus, pointers, notices."""
    listed = False
    for line in lines:
        below_colon, listed = listed, line.text.endswith(":")
        if line.mark in ("image", "link", "rule"):
            line.kind = line.mark
        elif len(line.text) > 400:
            continue
        elif is_comment_box(line.text):
            line.kind = "comments"
        elif is_button(line.text):
            line.kind = "control"
        elif (is_menu(line.text) and not below_colon) or (
            is_breadcrumb(line.text) and not _is_table_row(line)
        ):
            line.kind = "menu"
        elif is_pointer(line.text):
            line.kind = "pointer"
        elif is_follow_us(line.text):
            line.kind = "follow us"
    _mark_comments(lines)
    _mark_stacked_buttons(lines)
    _mark_stacked_menus(lines)


def _is_table_row(line: Line) -> bool:
    return "|" in (line.raw[0], line.raw[-1])


def _mark_comments(lines: Sequence[Line]) -> None:
    """Mark readers' comments: from their heading on, each not far above its ``Trả lời``."""
    begun = False  # the article has begun; a heading above it only counts its comments
    last: int | None = None
    for number, line in enumerate(lines):
        if line.kind == "comments":
            last = number if begun else None
        elif line.kind is None and line.is_prose:
            begun = True
        if last is None or number - last > _COMMENT_ROWS:
            continue
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        ends = number if is_reaction(line.text) else number + 1
        if ends == number or is_reaction(f"{line.text} {below}"):
            for row in lines[last : ends + 1]:
                row.kind = row.kind or "comments"
            last = ends


def _mark_stacked_buttons(lines: Sequence[Line]) -> None:
    """Mark two or more small buttons below one another.

    Below the first other line names of networks alone may be a list of the article, and whatever
    stands under a colon is one.
    """
    run: list[Line] = []
    at_top = True
    listed = False
    for line in (*lines, None):
        if line is not None and (
            line.kind == "control"
            or (line.kind is None and line.mark != "bullet" and is_small_button(line.text))
        ):
            run.append(line)
            continue
        if line is not None and line.kind in ("menu", "image", "rule", "link"):
            continue
        acts = at_top or any(row.kind or is_action(row.text) for row in run)
        if len(run) >= 2 and acts and not listed:
            for row in run:
                row.kind = "control"
        run = []
        at_top = False
        listed = line is not None and line.kind is None and line.text.endswith(":")


def _mark_stacked_menus(lines: Sequence[Line]) -> None:
    """Mark three or more section names below one another, and those above the first other line.

    Whatever stands under a colon is a list of the article.
    """
    run: list[Line] = []
    at_top = True
    listed = False
    for line in (*lines, None):
        if (
            line is not None
            and line.kind is None
            and line.mark != "bullet"
            and is_section(line.text)
        ):
            run.append(line)
            continue
        if line is not None and line.kind in ("control", "menu", "image", "rule", "link"):
            continue
        if (len(run) >= 3 and not listed) or at_top:
            for row in run:
                row.kind = "menu"
        run = []
        at_top = False
        listed = line is not None and line.kind is None and line.text.endswith(":")


def _mark_tags(lines: Sequence[Line]) -> None:
    open_list = False
    for line in lines:
        if line.kind is None and is_tags(line.text):
            line.kind = "tags"
            open_list = len(line.text.split(":")[-1].split()) == 0 or ":" not in line.text
        elif line.kind is None:
            open_list = open_list and line.words <= 5 and not line.ends_sentence
            if open_list:
                line.kind = "tags"


def _mark_footer(lines: Sequence[Line]) -> None:
    """Mark the imprint: notices and addresses at the very end, if a notice is among them."""
    tail: list[Line] = []
    for line in reversed(lines):
        if line.kind is not None:
            continue
        if not (is_footer(line.text) or is_contact(line.text)):
            break
        tail.append(line)
    if any(is_footer(line.text) for line in tail):
        for line in tail:
            line.kind = "footer"
