"""The result file: what each stage measured, and under which conditions."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

import vnqa
from benchmarks.machine import processor
from benchmarks.quality.bench import Bench
from benchmarks.quality.datasets import SEED
from benchmarks.quality.rows import StageResult
from vnqa.confidence import THRESHOLD
from vnqa.evaluation.figures import SEED as BOOTSTRAP_SEED
from vnqa.generators.bundled import ADAPTER as GENERATOR_ADAPTER
from vnqa.reader import ADAPTER as READER_ADAPTER
from vnqa.records import Record
from vnqa.weights.adapter import read_adapter, read_generator_adapter
from vnqa.weights.packages import E5_SMALL, QWEN_CODER

RESULTS = Path(__file__).resolve().parents[1] / "results"


class Conditions(Record):
    """What figures of a stage depend on.

    Attributes:
        half: Of the sets, by passage.
        questions: Sample of a stage that answers; ``None`` for all.
        respelt: Sample that is searched for again in other spellings; ``None`` for all, or where
            that was not noted yet.
        few: Sample of a stage that answers each question several times.
        sampling_seed: Of the samples.
        bootstrap_seed: Of the intervals.
        threshold: Least confidence that counts as an answer, where one is applied.
        embedder: Fingerprint.
        generator: Name.
        weights: Name to sha256 of the bundled weights.
        adapters: Sha256 of what the reader and the generator were taught; empty where that was not
            noted yet.
        version: Of vnqa.
        processor: Its model's name.
        cores: Of the processor.
        system: Operating system and Python.
        day: When it was measured.
    """

    half: str
    questions: int | None
    respelt: int | None = None
    few: int | None
    sampling_seed: int
    bootstrap_seed: int
    threshold: float
    embedder: str
    generator: str
    weights: dict[str, str]
    adapters: dict[str, str] = Field(default_factory=dict)
    version: str
    processor: str
    cores: int
    system: str
    day: datetime.date


class Measured(Record):
    """A stage's result and its conditions."""

    conditions: Conditions
    result: StageResult


class Results(Record):
    """All stages, by name, as they stand in the result file."""

    stages: dict[str, Measured] = Field(default_factory=dict)

    def updated(self, stages: Mapping[str, Measured]) -> Results:
        """Return these results with some stages measured anew."""
        return Results(stages={**self.stages, **stages})


def conditions_of(bench: Bench) -> Conditions:
    """Return the conditions of a run on this machine."""
    return Conditions(
        half=bench.half,
        questions=bench.questions,
        respelt=bench.respelt,
        few=bench.few,
        sampling_seed=SEED,
        bootstrap_seed=BOOTSTRAP_SEED,
        threshold=THRESHOLD,
        embedder=bench.embedder.fingerprint,
        generator="extractive" if bench.generator is None else bench.generator.name,
        weights={weights.name: weights.sha256 for weights in (E5_SMALL, QWEN_CODER)},
        adapters={
            "reader": read_adapter(READER_ADAPTER).digest,
            "generator": read_generator_adapter(GENERATOR_ADAPTER).digest,
        },
        version=vnqa.__version__,
        processor=processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        day=datetime.date.today(),
    )


def result_file(bench: Bench) -> Path:
    """Return where results go: only full runs on the reporting half are part of the project."""
    if bench.quick:
        return bench.cache / "quality-quick.json"
    if bench.half == "tuning" or bench.generator is None:
        model = "extractive" if bench.generator is None else "bundled"
        return bench.cache / f"quality-{bench.half}-{model}.json"
    return RESULTS / "quality.json"


def read_results(path: Path) -> Results:
    """Return what was measured before; nothing where there is no file."""
    if not path.is_file():
        return Results()
    return Results.model_validate_json(path.read_bytes())


def write_results(path: Path, results: Results) -> None:
    """Write the result file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")
