"""A draft to its statements: labels, markers, refusals and what the question names are left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from vnqa.language.markers import without_markers
from vnqa.language.names import holds_name, name_keys, names
from vnqa.language.questions import WHO
from vnqa.language.sentences import sentence_spans
from vnqa.language.vietnamese import fold, nfc, syllables

_LABEL = re.compile(r"^\s*(?:trả lời|đáp án|câu trả lời|answer)\s*[:：]\s*", re.IGNORECASE)
_REFUSAL = re.compile(
    r"^(?:(?:rat tiec|xin loi)\W+)?(?:"
    r"(?:toi |(?:trong )?(?:doan trich|van ban|bai viet|ngu canh)\W+)"
    r"khong (?:co thong tin|tim thay|the tra loi|cung cap|de cap|co cau tra loi|biet$)"
    r"|khong (?:co thong tin|the tra loi|co cau tra loi|biet$)"
    r"|khong (?:tim thay|cung cap|de cap)"
    r"(?: (?:thong tin|cau tra loi)(?: (?:ve|nao|lien quan)\b.*)?)?\W*$"
    r")|^xin loi(?:$|,| toi\b)"
)
_LIST = re.compile(r"\s+(?:và|cùng(?: với)?)\s+", re.IGNORECASE)
_LIST_OR_COMMA = re.compile(rf"{_LIST.pattern}|\s*[,;]\s+", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?:[Cc]hính |[Bb]ản thân )?(?:[Ôô]ng|[Bb]à|anh|Anh(?= )|[Cc]hị|[Cc]ô|[Ee]m|[Hh]ọ|[Mm]ình|hắn)"
    r"(?: ấy| ta| này)?"
)
_WHO = re.compile(WHO)
_JOINS = frozenset(syllables("và cùng với"))
EDGES = " \t\n\"“”'‘’.,;:!?…*_-–"  # what is cut from either end of a statement


def split_statements(draft: str) -> list[str]:
    """Return the statements of a draft: its sentences, without labels, markers and refusals."""
    text = without_markers(_LABEL.sub("", nfc(draft)))
    statements = []
    for start, end in sentence_spans(text):
        statement = text[start:end].strip(EDGES)
        if (
            statement
            and any(c.isalnum() for c in statement)
            and not _REFUSAL.search(fold(statement))
        ):
            statements.append(statement)
    return list(dict.fromkeys(statements))


def without_asked(statement: str, question: str) -> str:
    """Return a statement without the members of its list that the question names, or pronouns.

    Asked who received ambassador B, a small model may answer "minister A và đại sứ B". Only members
    that end with a name are persons: "Bộ Giáo dục và Đào tạo" is one thing, and so is what the
    question joins in the same way.
    """
    members = _LIST.split(statement)
    if len(members) < 2 or not _WHO.search(question):
        return statement
    persons = [member for member in members if not _PRONOUN.fullmatch(member.strip(EDGES))]
    if persons and len(persons) < len(members) and all(map(_ends_with_name, persons)):
        return " và ".join(persons)
    asked = syllables(question)
    named = [
        set(asked).issuperset(syllables(member)) or _is_named(member, question)
        for member in members
    ]
    if all(named):
        return statement
    left = [
        member
        for member, is_named in zip(members, named, strict=True)
        if not (is_named and _ends_with_name(member)) or is_joined(syllables(member), asked, _JOINS)
    ]
    return statement if len(left) == len(members) else " và ".join(left)


def listed_names(statement: str) -> list[str]:
    """Return the members of a list all of which end with a name; none of another statement."""
    members = [part.strip(EDGES) for part in _LIST_OR_COMMA.split(statement)]
    are_names = len(members) > 1 and all(_ends_with_name(member) for member in members)
    return members if are_names else []


def _is_named(member: str, question: str) -> bool:
    """Tell whether a question names a member, with another title or none: "ông Trump"."""
    found = names(member)
    return bool(found) and _ends_with_name(member) and holds_name(name_keys(question), found[-1])


def _ends_with_name(member: str) -> bool:
    found = names(member)
    return bool(found) and found[-1].end == len(member.rstrip(EDGES))


def is_joined(run: Sequence[str], keys: Sequence[str], joins: Collection[str]) -> bool:
    """Tell whether some syllables stand in a row right after one of the joining ones."""
    length = len(run)
    return any(
        key in joins and list(keys[i + 1 : i + 1 + length]) == list(run)
        for i, key in enumerate(keys)
    )
