"""A report as a table for people, in Vietnamese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnqa.rendering import Language

if TYPE_CHECKING:
    from vnqa.evaluation.figures import Figure
    from vnqa.evaluation.report import Report

_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "retrieval": "Retrieval",
        "answers": "Answers",
        "abstention": "Abstention",
        "value": "value",
        "interval": "95% interval",
        "n": "questions",
        "about": "{questions} questions, {unanswerable} of them unanswerable; "
        "{articles} articles, {passages} passages",
        "embedder": "embedder",
        "generator": "language model",
        "threshold": "threshold",
        "took": "{seconds} s on {machine}; vnqa {version}, bootstrap seed {seed}",
    },
    "vi": {
        "retrieval": "Truy hồi",
        "answers": "Câu trả lời",
        "abstention": "Im lặng",
        "value": "giá trị",
        "interval": "khoảng 95%",
        "n": "số câu",
        "about": "{questions} câu hỏi, {unanswerable} câu không có lời đáp; "
        "{articles} bài, {passages} đoạn",
        "embedder": "mô hình nhúng",
        "generator": "mô hình ngôn ngữ",
        "threshold": "ngưỡng",
        "took": "{seconds} giây trên {machine}; vnqa {version}, hạt giống bootstrap {seed}",
        "answered": "có trả lời",
        "EM": "EM (khớp hoàn toàn)",
        "EM where answered": "EM khi trả lời",
        "F1 where answered": "F1 khi trả lời",
        "holds gold": "chứa đáp án",
        "holds gold and cites gold article": "chứa đáp án và dẫn đúng bài",
        "quotes hold gold": "trích dẫn chứa đáp án",
        "gold article cited": "dẫn đúng bài",
        "quote integrity": "trích dẫn nguyên văn",
        "support": "số, ngày, tên có trong trích dẫn",
        "citation precision": "độ chính xác trích dẫn",
        "citation recall": "độ phủ trích dẫn",
        "seconds": "giây mỗi câu (trung vị)",
        "AUROC": "AUROC của độ tin cậy",
        "abstention precision": "im lặng: độ chính xác",
        "abstention recall": "im lặng: độ phủ",
        "abstention F1": "im lặng: F1",
        "risk at full coverage": "tỉ lệ sai khi trả lời hết",
        "risk at 70% coverage": "tỉ lệ sai khi trả lời 70%",
        "AURC": "AURC (diện tích dưới đường sai–phủ)",
    },
}  # fmt: skip


def table_of(report: Report, *, lang: Language) -> str:
    """Return a report as aligned plain text; numbers are written as the language does."""
    texts = _TEXTS[lang]
    rows = [("", texts["value"], texts["interval"], texts["n"])]
    for section in ("retrieval", "answers", "abstention"):
        figures: dict[str, Figure] = getattr(report, section)
        if figures:
            rows.append((texts[section], "", "", ""))
        for name, figure in figures.items():
            interval = f"{_number(figure.low, lang)} – {_number(figure.high, lang)}"
            rows.append(
                (
                    f"  {texts.get(name, name)}",
                    _number(figure.value, lang),
                    interval,
                    str(figure.n),
                )
            )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        ).rstrip()
        for row in rows
    ]
    fields = report.model_dump(include={"questions", "unanswerable", "articles", "passages"})
    lines += ["", texts["about"].format(**fields)]
    models = [("embedder", report.embedder), ("generator", report.generator)]
    lines += [f"{texts[name]}: {value}" for name, value in models if value is not None]
    if report.threshold is not None:
        lines.append(f"{texts['threshold']}: {_number(report.threshold, lang)}")
    took = texts["took"].format(
        seconds=_number(report.seconds, lang, places=1),
        machine=report.machine,
        version=report.version,
        seed=report.seed,
    )
    return "\n".join([*lines, took])


def _number(value: float, lang: Language, *, places: int = 3) -> str:
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if lang == "vi" else text
