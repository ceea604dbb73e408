"""The harness behind `make bench-quality`: its data, its perturbations, its table."""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality import answering, retrieval
from benchmarks.quality.__main__ import parse_arguments
from benchmarks.quality.answering import RISK_RATIO, answers_perturbed, gold_removed, risk_ratio
from benchmarks.quality.bench import Bench
from benchmarks.quality.datasets import (
    DATA,
    Dataset,
    everywhere,
    gold_sentence,
    in_half,
    is_tuning,
    reading_set,
    sample,
    viquad_retrieval,
)
from benchmarks.quality.determinism import answer_bytes
from benchmarks.quality.indexes import built_index, index_key, index_without
from benchmarks.quality.perturbations import (
    PERTURBATIONS,
    new_tone_placement,
    old_tone_placement,
    with_typo,
    without_diacritics,
)
from benchmarks.quality.plots import draw_plots
from benchmarks.quality.prototype import nearest_sentences
from benchmarks.quality.report import READMES, _cells, readme_section, replaced_section, table_of
from benchmarks.quality.results import (
    RESULTS,
    Measured,
    Results,
    conditions_of,
    read_results,
    result_file,
    write_results,
)
from benchmarks.quality.retrieval import DRAWN, PLAIN, figures_asked, retrieval_rows
from benchmarks.quality.rows import Goal, Row, StageResult
from benchmarks.quality.stages import STAGES
from tests.fakes import FakeEmbedder, FakeGenerator
from vnqa import Answer, Article, NewsQA
from vnqa.evaluation import Figure, Outcome, Question
from vnqa.language.vietnamese import fold, has_diacritics, nfc, syllables
from vnqa.records import Citation

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạòóỏõọùúủũụỳýỷỹỵèéẻẽẹHOÀÙY 0123456789?,.-",
    max_size=60,
)


# --- Perturbations -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa", "hoà"),
        ("Hòa Bình", "Hoà Bình"),
        ("HÒA BÌNH", "HOÀ BÌNH"),
        ("sức khỏe", "sức khoẻ"),
        ("thủy điện", "thuỷ điện"),
        ("ủy ban", "uỷ ban"),
        ("ngụy trang, xòe tay", "nguỵ trang, xoè tay"),
        ("hóa-học (họa)", "hoá-học (hoạ)"),
        ("Hòa? Lũy!", "Hoà? Luỹ!"),
    ],
)
def test_tones_move_in_open_rimes(old: str, new: str) -> None:
    assert new_tone_placement(old) == new
    assert old_tone_placement(new) == old
    assert new_tone_placement(new) == new
    assert old_tone_placement(old) == old


@pytest.mark.parametrize(
    "text", ["quý", "Quỳ Hợp", "đột quỵ", "hoàn toàn", "khuỷu tay", "thuyền", "già", "của", "ngoéo"]
)
def test_tones_stay_where_they_have_one_place(text: str) -> None:
    assert old_tone_placement(text) == new_tone_placement(text) == text


@given(VIETNAMESE)
def test_tone_placement_changes_no_syllable(text: str) -> None:
    old, new = old_tone_placement(text), new_tone_placement(text)
    assert new_tone_placement(old) == new
    assert old_tone_placement(new) == old
    assert syllables(old) == syllables(new) == syllables(text)


@given(VIETNAMESE)
def test_without_diacritics_only_bare_letters_are_left(text: str) -> None:
    plain = without_diacritics(text)
    assert not has_diacritics(plain)
    assert plain == plain.lower()
    assert len(plain) == len(nfc(text))
    assert without_diacritics(plain) == plain


@given(VIETNAMESE, st.integers(0, 9))
def test_a_typo_is_one_letter_of_a_long_word(text: str, seed: int) -> None:
    text = nfc(text)
    typed = with_typo(text, seed)
    if not re.search(r"[^\W\d_]{4,}", text):
        assert typed == text
        return
    assert typed != text
    assert re.findall(r"\d+", typed) == re.findall(r"\d+", text)
    if len(typed) == len(text):
        (place,) = [i for i, (a, b) in enumerate(zip(text, typed, strict=True)) if a != b]
        keys = "qwertyuiop asdfghjkl zxcvbnm"
        assert abs(keys.index(fold(text[place])) - keys.index(fold(typed[place]))) == 1
        assert text[place].isupper() == typed[place].isupper()
    else:
        assert typed in {text[:i] + text[i + 1 :] for i in range(len(text))}
    word = re.compile(r"[^\W\d_]+")
    changed = set(word.findall(text)) - set(word.findall(typed))
    assert all(len(old) >= 4 for old in changed)


def test_a_typo_depends_on_the_text_and_the_seed_alone() -> None:
    question = "Những trường nào đứng đầu bảng trong cuộc thi?"
    assert with_typo(question, 1) == with_typo(unicodedata.normalize("NFD", question), 1)
    typos = {with_typo(question, seed) for seed in range(40)}
    assert {len(typo) - len(question) for typo in typos} == {0, -1}


# --- Data ----------------------------------------------------------------------------------------


@given(st.text(max_size=20))
def test_a_passage_is_of_one_half(passage_id: str) -> None:
    assert in_half(passage_id, "tuning") == is_tuning(passage_id)
    assert in_half(passage_id, "reporting") != is_tuning(passage_id)


def test_a_small_sample_is_part_of_a_larger_one() -> None:
    questions = [Question(question=f"Câu {i}?", answers=("a",)) for i in range(50)]
    assert sample(questions, 10) == sample(questions, 30)[:10]
    assert sample(questions, 10) != questions[:10]
    assert {q.question for q in sample(questions, None)} == {q.question for q in questions}


TEXT = "Xã có 12 ấp. Năm nay xã lập thêm ấp thứ 13. Mỗi ấp có 12 tổ."


@pytest.mark.parametrize(
    ("answer", "near", "sentence"),
    [
        ("12", 6, "Xã có 12 ấp."),
        ("12", 60, "Mỗi ấp có 12 tổ."),
        ("ấp. Năm nay", 9, "Xã có 12 ấp."),
        ("14", 0, None),
        ("", 0, None),
    ],
)
def test_gold_sentence(answer: str, near: int, sentence: str | None) -> None:
    assert gold_sentence(TEXT, answer, near) == sentence


def test_gold_sentences_of_decomposed_text(tmp_path: Path) -> None:
    context = unicodedata.normalize(
        "NFD", "Đò đến Bến Tượng lúc 6 giờ. Đò rời Bến Tượng lúc 7 giờ."
    )
    answer = unicodedata.normalize("NFD", "Bến Tượng")
    records = [
        {
            "id": f"{i}",
            "passage_id": f"p{i}",
            "context": context,
            "question": "Đò rời đâu lúc 7 giờ?",
            "answers": [answer, "Cầu Đá"],
            "answer_start": [context.rindex(answer), 0],
            "answerable": True,
        }
        for i in range(8)
    ]
    (tmp_path / "nhỏ.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    halves = [reading_set("nhỏ", half, tmp_path) for half in ("tuning", "reporting")]
    for dataset in halves:
        assert len(dataset.articles) == 8
        assert dataset.lost_answers == len(dataset.questions)  # "Cầu Đá" stands nowhere
        assert {q.quotes for q in dataset.questions} == {("Đò rời Bến Tượng lúc 7 giờ.",)}
    found = sorted(q.article_ids[0] for dataset in halves for q in dataset.questions)
    assert found == [f"p{i}" for i in range(8)]
    assert all(q.sources == q.article_ids for dataset in halves for q in dataset.questions)


@needs_data
@pytest.mark.parametrize("name", ["xquad_vi", "mlqa_vi_dev", "person_qa_train"])
def test_no_gold_answer_is_lost(name: str) -> None:
    passages: dict[str, set[str]] = {}
    for half in ("tuning", "reporting"):
        dataset = reading_set(name, half)
        texts = {article.article_id: article.text for article in dataset.articles}
        assert dataset.lost_answers == 0
        passages[half] = {source for q in dataset.questions for source in q.sources or ()}
        for question in dataset.questions:
            assert question.answerable == bool(question.quotes)
            for quote in question.quotes:
                assert quote in texts[question.article_ids[0]]
    assert passages["tuning"].isdisjoint(passages["reporting"])
    assert passages["tuning"] | passages["reporting"] == set(texts)


@needs_data
def test_all_native_questions_are_in_one_half() -> None:
    counts = [len(viquad_retrieval(half).questions) for half in ("tuning", "reporting")]
    assert sum(counts) == 1841
    assert min(counts) > 800


# --- Indexes and stages, on fakes ----------------------------------------------------------------

PLACES = ["Bến Tượng", "Cầu Đá", "Gò Mây", "Hòn Sậy", "Khe Lau", "Đồi Sim", "Thủy Lâm", "Hòa Khê"]
ARTICLES = [
    Article(article_id=place, text=f"Ở {place} có {40 + i} cây cổ thụ.", source=place)
    for i, place in enumerate(PLACES)
]
QUESTIONS = [
    Question(
        question=f"Có bao nhiêu cây cổ thụ ở {place}?",
        answers=(f"{40 + i} cây",),
        article_ids=(place,),
        quotes=(ARTICLES[i].text,),
        sources=(place,),
    )
    for i, place in enumerate(PLACES)
]
DATASET = Dataset("nhỏ", tuple(ARTICLES), tuple(QUESTIONS))


def small_bench(cache: Path) -> Bench:
    embedder = FakeEmbedder(dim=256)
    return Bench(
        half="reporting", embedder=embedder, generator=None, reader=None, quick=True, cache=cache
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return small_bench(tmp_path / "cache")


def test_an_index_is_built_once(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    first = built_index("nhỏ", ARTICLES, embedder, cache=tmp_path)
    embedded = embedder.passages_embedded
    assert embedded == len(ARTICLES)
    assert built_index("nhỏ", ARTICLES, embedder, cache=tmp_path) == first
    assert embedder.passages_embedded == embedded
    assert built_index("nhỏ", ARTICLES[1:], embedder, cache=tmp_path) != first


def test_an_interrupted_build_goes_on(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    folder = tmp_path / f"nhỏ-{index_key(ARTICLES, embedder)}"
    with NewsQA.open(
        folder.with_suffix(".unfinished"), embedder=embedder, generator=None, reader=None
    ) as qa:
        qa.add(ARTICLES[:5])
    embedder.passages_embedded = 0
    assert built_index("nhỏ", ARTICLES, embedder, cache=tmp_path) == folder
    assert embedder.passages_embedded == len(ARTICLES) - 5


def test_what_an_index_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    key = index_key(ARTICLES, FakeEmbedder())
    assert index_key(ARTICLES, FakeEmbedder()) == key
    assert index_key(ARTICLES, FakeEmbedder(name="other")) != key
    assert index_key(ARTICLES[::-1], FakeEmbedder()) != key
    with monkeypatch.context() as patch:
        patch.setattr("vnqa.embedding.chunk", lambda text, **_: [(0, 4), (4, len(text))])
        assert index_key(ARTICLES, FakeEmbedder()) != key
    long = [Article(article_id="a", text=" ".join(article.text for article in ARTICLES * 2))]
    key = index_key(long, FakeEmbedder())
    monkeypatch.setattr(
        "vnqa.embedders.sentences.windows", lambda found: [[each] for each in found]
    )
    assert index_key(long, FakeEmbedder()) != key


def test_an_index_without_some_articles(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    folder = built_index("nhỏ", ARTICLES, embedder, cache=tmp_path)
    without = index_without(folder, ["Gò Mây", "Cầu Đá"], embedder)
    assert index_without(folder, ["Cầu Đá", "Gò Mây"], embedder) == without
    for path, gone in ((folder, set()), (without, {"Gò Mây", "Cầu Đá"})):
        with NewsQA.open(path, embedder=embedder, generator=None, read_only=True) as qa:
            assert {article.article_id for article in qa.articles()} == set(PLACES) - gone


def test_retrieval_rows_and_drops(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []
    plain = retrieval.rank_articles

    def rank(qa: NewsQA, questions: Sequence[Question], **options: Any) -> list[list[str]]:
        searched.append(len(questions))
        return plain(qa, questions, **options)

    monkeypatch.setattr(retrieval, "rank_articles", rank)
    # "không dấu" finds nothing here, so that a drop shows.
    monkeypatch.setitem(PERTURBATIONS, "without diacritics", lambda _: "zzzz")
    with bench.open(bench.index("nhỏ", ARTICLES)) as qa:
        questions = list(everywhere(QUESTIONS))
        rows = retrieval_rows(
            qa, "nhỏ", questions, {"as asked": {"hit@1": Goal(0.9)}}, few=None, read=False
        )
    # Only Thủy Lâm and Hòa Khê have a new tone placement, and none another old one.
    assert searched[:4] == [8, 8, 0, 2]
    values = {(row.name, row.figure): row for row in rows}
    assert values["as asked", "hit@1"].value.value == 1.0
    assert values["as asked", "hit@1"].reached is True
    assert values["without diacritics", "hit@1"].value.value < 0.5
    drop = values["without diacritics", "drop of hit@1"].value.value
    assert drop == 1.0 - values["without diacritics", "hit@1"].value.value
    assert values["new tone placement", "drop of hit@1"].value.value == 0.0


def test_ways_to_ask_are_compared_on_the_same_questions(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        retrieval,
        "rank_articles",  # only the last question's article is found, however it is asked
        lambda _, questions, **__: [[PLACES[-1]] for _ in questions],
    )
    with bench.open(bench.index("nhỏ", ARTICLES)) as qa:
        rows = retrieval_rows(qa, "nhỏ", list(everywhere(QUESTIONS)), {}, few=3, read=False)
    found = {how: figures_asked(rows, how)["hit@1"] for how in (PLAIN, *PERTURBATIONS)}
    assert [figure.n for figure in found.values()] == [3] * len(found)
    assert len({figure.value for figure in found.values()}) == 1
    (of_all,) = [row.value for row in rows if (row.name, row.figure) == (PLAIN, "hit@1")]
    assert (of_all.value, of_all.n) == (1 / 8, 8)
    before = [row for row in rows if row.name != DRAWN]
    assert figures_asked(before, PLAIN)["hit@1"] == of_all


def test_half_of_the_gold_articles_is_gone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "both_reading_sets", lambda _: DATASET)
    result = gold_removed(bench)
    lines = (bench.cache / "outcomes" / "gold_removed.jsonl").read_text(encoding="utf-8")
    records = [json.loads(line) for line in lines.splitlines()]
    gone = [record for record in records if not record["answerable"]]
    assert (len(records), len(gone)) == (8, 4)
    for record in gone:
        assert record["gold"] == []
        assert record["gold_articles"][0] not in record["articles"]
    figures = {row.figure: row for row in result.rows}
    assert figures["abstention F1"].goal == Goal(0.8)
    assert figures["AUROC"].value.n == 8


def test_only_what_a_perturbation_changes_is_asked_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "both_reading_sets", lambda _: DATASET)
    asked = []
    plain = answering.answer_all

    def ask(qa: NewsQA, questions: Sequence[Question], **options: Any) -> list[Outcome]:
        asked.append(len(questions))
        assert all(question.sources is None for question in questions)
        return plain(qa, questions, **options)

    monkeypatch.setattr(answering, "answer_all", ask)
    rows = answers_perturbed(bench).rows
    assert asked[:4] == [8, 8, 0, 2]
    drops = {row.name: row.value.value for row in rows if row.figure == "drop of F1"}
    assert set(drops) == set(PERTURBATIONS)
    assert drops["old tone placement"] == 0.0


def outcome(confidence: float, right: bool) -> Outcome:
    article = ARTICLES[0]
    quote = Citation(number=1, article=article, start=0, end=len(article.text), quote=article.text)
    answer = Answer(
        question="?",
        text=f"{'40 cây' if right else 'một'} [1].",
        abstained=False,
        citations=(quote,),
        confidence=confidence,
        model="fake",
        seconds=1.0,
    )
    return Outcome(question=QUESTIONS[0], answer=answer)


def test_risk_ratio() -> None:
    good = [outcome(0.9 - i / 100, right=i < 7) for i in range(10)]
    assert risk_ratio(good)[RISK_RATIO].value == 0.0
    bad = [outcome(0.9 - i / 100, right=i >= 5) for i in range(10)]
    found = risk_ratio(bad)
    assert found[RISK_RATIO].value == pytest.approx((5 / 7) / 0.5)
    assert found[f"{RISK_RATIO}, at best"].value == pytest.approx((2 / 7) / 0.5)
    assert risk_ratio([outcome(0.5, right=True)]) == {}


def test_answers_that_differ_are_noticed(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    folder = built_index("nhỏ", ARTICLES[:1], embedder, cache=tmp_path)
    drafts = iter(["40 cây", "40 cây", "cổ thụ"])
    generator = FakeGenerator(lambda _: next(drafts))
    question = QUESTIONS[0].question
    (found,) = answer_bytes(
        folder, [question], embedder=embedder, generator=generator, reader=None, times=3
    )
    assert found[0] == found[1] != found[2]


def test_the_prototype_reads_two_sentences_and_their_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences = [f"Câu thứ {i} nói về con đò số {i} ở bến." for i in range(9)]
    sentences[4], sentences[5] = "Chợ Gò Mây họp ngày rằm.", "Chợ Gò Mây nghỉ ngày mưa."
    embedder = FakeEmbedder(dim=256)
    embedder.max_tokens = 400
    with NewsQA.open(tmp_path / "tin", embedder=embedder, generator=None, reader=None) as qa:
        qa.add(Article(article_id="a", text=" ".join(sentences)))
        shown = nearest_sentences(qa, embedder, "Chợ Gò Mây họp ngày nào?")
        assert shown == " ".join(sentences[3:7])
        monkeypatch.setattr("benchmarks.quality.prototype._CHARS", 55)
        shown = nearest_sentences(qa, embedder, "Chợ Gò Mây họp ngày nào?")
        assert shown == " ".join(sentences[4:6])


# --- Results and report --------------------------------------------------------------------------


def test_a_goal_is_reached_from_its_side() -> None:
    figure = Figure(value=0.5, low=0.4, high=0.6, n=9)
    row = Row(name="a", dataset="b", figure="c", value=figure)
    assert row.reached is None
    for goal, reached, written in (
        (Goal(0.5), True, "≥ 0.5"),
        (Goal(0.51), False, "≥ 0.51"),
        (Goal(0.5, at_most=True), True, "≤ 0.5"),
        (Goal(0.49, at_most=True), False, "≤ 0.49"),
    ):
        assert row.model_copy(update={"goal": goal}).reached is reached
        assert str(goal) == written


@pytest.mark.parametrize(
    ("value", "goal", "shown"),
    [
        (0.8496, Goal(0.85), "0.8496"),
        (0.8504, Goal(0.85), "0.850"),
        (0.8494, Goal(0.85), "0.849"),
        (0.5004, Goal(0.5, at_most=True), "0.5004"),
        (0.8496, None, "0.850"),
        (1.0, Goal(1.0), "1"),
        (0.99996, Goal(1.0), "0.99996"),
    ],
)
def test_rounding_does_not_seem_to_reach_a_goal(
    value: float, goal: Goal | None, shown: str
) -> None:
    figure = Figure(value=value, low=value, high=value, n=9)
    row = Row(name="a", dataset="b", figure="c", value=figure, goal=goal)
    assert _cells(row, yes="yes", no="no")[0] == shown


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    bench = small_bench(tmp_path_factory.mktemp("cache"))
    with bench.open(bench.index("nhỏ", ARTICLES)) as qa:
        questions = list(everywhere(QUESTIONS))
        found = retrieval_rows(
            qa, "nhỏ", questions, {"as asked": {"hit@1": Goal(0.9)}}, few=None, read=False
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answering, "both_reading_sets", lambda _: DATASET)
        stages = {"viquad": StageResult(rows=tuple(found)), "gold_removed": gold_removed(bench)}
    conditions = conditions_of(bench)
    return Results(
        stages={
            name: Measured(conditions=conditions, result=result) for name, result in stages.items()
        }
    )


def test_results_come_back_from_their_file(results: Results, tmp_path: Path) -> None:
    path = tmp_path / "kết quả" / "quality.json"
    assert read_results(path) == Results()
    write_results(path, results)
    assert read_results(path) == results
    other = results.stages["viquad"].model_copy(update={"result": StageResult(rows=())})
    merged = read_results(path).updated({"viquad": other})
    assert merged.stages["viquad"] == other
    assert merged.stages["gold_removed"] == results.stages["gold_removed"]


def test_results_from_before_adapters_were_noted_are_read(results: Results, tmp_path: Path) -> None:
    path = tmp_path / "quality.json"
    write_results(path, results)
    document = json.loads(path.read_text(encoding="utf-8"))
    for measured in document["stages"].values():
        assert set(measured["conditions"].pop("adapters")) == {"reader", "generator"}
        assert measured["conditions"].pop("respelt") == 300
    path.write_text(json.dumps(document), encoding="utf-8")
    assert {m.conditions.respelt for m in read_results(path).stages.values()} == {None}


def test_only_full_runs_on_the_reporting_half_are_published(bench: Bench) -> None:
    full = Bench(half="reporting", embedder=bench.embedder, generator=FakeGenerator(""))
    assert result_file(full) == RESULTS / "quality.json"
    tuning = Bench(half="tuning", embedder=bench.embedder, generator=FakeGenerator(""))
    extractive = Bench(half="reporting", embedder=bench.embedder, generator=None)
    others = {result_file(other) for other in (bench, tuning, extractive)}
    assert len(others) == 3
    assert RESULTS not in {path.parent for path in others}


def test_the_readme_section_holds_the_rows_with_goals(results: Results) -> None:
    english, vietnamese = (readme_section(results, lang) for lang in ("en", "vi"))
    assert "| Finding the passage | nhỏ | hit@1 | 1 |  | 8 | ≥ 0.9 | yes |" in english
    assert "| Tìm đoạn | nhỏ | hit@1 | 1 |  | 8 | ≥ 0,9 | có |" in vietnamese
    goals = [r for m in results.stages.values() for r in m.result.rows if r.goal is not None]
    assert sum(" ≥ " in line or " ≤ " in line for line in english.splitlines()) == len(goals)
    assert "| one typo | " in english


def test_the_table_holds_every_figure(results: Results) -> None:
    rows = [row for measured in results.stages.values() for row in measured.result.rows]
    assert table_of(results).row_count == len(rows)


def test_a_section_is_replaced_between_its_markers() -> None:
    text = "# Đầu\n<!-- quality:begin -->\ncũ\n<!-- quality:end -->\nCuối\n"
    first = replaced_section(text, r"mới \1")
    assert first == "# Đầu\n<!-- quality:begin -->\nmới \\1\n<!-- quality:end -->\nCuối\n"
    assert replaced_section(first, "cũ") == text
    for broken in ("# Đầu\n", text + text):
        with pytest.raises(ValueError, match="quality:begin"):
            replaced_section(broken, "mới")


@pytest.mark.parametrize("path", READMES.values(), ids=lambda path: path.name)
def test_the_readmes_have_the_markers(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "mới" in replaced_section(text, "mới")


def test_plots_are_the_same_for_the_same_results(results: Results, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    drawn = []
    for name in ("một", "hai"):
        folder = tmp_path / name
        folder.mkdir()
        paths = draw_plots(results, folder)
        drawn.append({path.name: path.read_bytes() for path in paths})
    assert drawn[0] == drawn[1]
    names = ("summary", "retrieval", "risk-coverage")
    assert list(drawn[0]) == [f"quality-{name}.svg" for name in names]
    assert b"without diacritics" in drawn[0]["quality-retrieval.svg"]


def test_stages_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_arguments([]).stages == list(STAGES)
    assert parse_arguments(["--only", "law,timing"]).stages == ["law", "timing"]
    assert parse_arguments(["--report"]).stages == []
    with pytest.raises(SystemExit):
        parse_arguments(["--only", "law,sleep"])
    assert "no stage sleep" in capsys.readouterr().err


def test_a_quick_run_takes_few_articles(bench: Bench) -> None:
    articles = [Article(article_id=f"{i}", text=f"Bài {i}.", source=f"{i}") for i in range(300)]
    questions = [
        Question(question=f"Hỏi {i}?", article_ids=(f"{i}",), sources=(f"{i}",))
        for i in range(0, 300, 3)
    ]
    small = bench.shrunk(Dataset("lớn", tuple(articles), tuple(questions)))
    ids = {article.article_id for article in small.articles}
    assert len(small.questions) == 10
    assert {gold for question in small.questions for gold in question.article_ids} <= ids
    assert len(ids) == 50
    assert bench.searched("lớn") == "lớn"


def test_the_readme_section_says_what_was_measured_before(results: Results) -> None:
    assert "Measured apart" not in readme_section(results, "en")
    (first, measured), *_ = results.stages.items()
    title, now = STAGES[first].en, measured.conditions

    def section_with(**conditions: object) -> str:
        then = measured.model_copy(update={"conditions": now.model_copy(update=conditions)})
        return readme_section(results.updated({first: then}), "en")

    past = section_with(day=datetime.date(2020, 1, 2))
    assert f"Measured apart, on 2020-01-02 on {now.processor}: {title}." in past
    assert "(2020-01-02;" not in past
    elsewhere = section_with(processor="Z80")
    assert elsewhere.count("Measured apart") == 1
    assert "Z80" in elsewhere
    assert now.processor in elsewhere
    for adapters in ({}, now.adapters | {"reader": "0" * 64}):
        taught_otherwise = section_with(adapters=adapters)
        assert taught_otherwise.count("Measured apart") == 1
    assert f": {title}." in section_with(adapters={})
