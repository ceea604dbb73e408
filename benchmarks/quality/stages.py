"""The stages, in the order in which they run, with what the tables call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.quality.answering import (
    answers_news,
    answers_perturbed,
    gold_removed,
    persons,
    reading,
)
from benchmarks.quality.bench import Bench
from benchmarks.quality.determinism import determinism
from benchmarks.quality.injection import injection
from benchmarks.quality.prototype import timing
from benchmarks.quality.retrieval import law, passages_news, viquad, viquad_news
from benchmarks.quality.rows import StageResult


class Stage(NamedTuple):
    """A stage, and its title in English and Vietnamese."""

    run: Callable[[Bench], StageResult]
    en: str
    vi: str


STAGES = {
    "viquad": Stage(viquad, "Finding the passage", "Tìm đoạn"),
    "viquad_news": Stage(
        viquad_news, "Finding the passage among news", "Tìm đoạn giữa các bài báo"
    ),
    "law": Stage(law, "Finding the article of a law", "Tìm điều luật"),
    "passages_news": Stage(
        passages_news,
        "Finding the passage, xquad_vi and mlqa_vi_dev",
        "Tìm đoạn, xquad_vi và mlqa_vi_dev",
    ),
    "reading": Stage(reading, "Reading the gold passage", "Đọc đoạn đúng"),
    "answers_news": Stage(answers_news, "Answering among news", "Trả lời giữa các bài báo"),
    "gold_removed": Stage(gold_removed, "Half of the gold articles gone", "Bỏ một nửa số bài đúng"),
    "persons": Stage(persons, "Reading one snippet", "Đọc một mẩu tin"),
    "answers_perturbed": Stage(
        answers_perturbed, "Answering questions typed otherwise", "Trả lời câu hỏi gõ khác đi"
    ),
    "injection": Stage(injection, "Hostile articles", "Bài viết gài lệnh"),
    "determinism": Stage(
        determinism, "Same question, same bytes", "Cùng câu hỏi, cùng câu trả lời"
    ),
    "timing": Stage(timing, "Time, beside the prototype", "Thời gian, bên cạnh bản thử"),
}
