"""Groups in a file: each passage once, then the questions that point to passages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.reader.examples import Group, Item


def write_groups(path: Path, groups: Iterable[Group]) -> None:
    """Write groups as JSON lines, gzipped; a passage stands before the first group that has it."""
    numbers: dict[tuple[str, str], int] = {}
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as lines:
        for group in groups:
            items = []
            for item in group.items:
                passage = (item.title, item.text)
                if passage not in numbers:
                    numbers[passage] = len(numbers)
                    lines.write(json.dumps(passage, ensure_ascii=False) + "\n")
                items.append((numbers[passage], item.answers, item.spans, item.own))
            lines.write(json.dumps(group._asdict() | {"items": items}, ensure_ascii=False) + "\n")


def read_groups(path: Path) -> list[Group]:
    """Return the groups of a file that `write_groups` wrote."""
    passages: list[tuple[str, str]] = []
    groups: list[Group] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if isinstance(record, list):
                passages.append((record[0], record[1]))
                continue
            record["items"] = [
                Item(*passages[number], answers, spans and [(a, b) for a, b in spans], own)
                for number, answers, spans, own in record["items"]
            ]
            groups.append(Group(**record))
    return groups
