"""Ask a question; print the answer, then each citation field by field.

make setup && .venv/bin/vnqa add seeds
.venv/bin/python examples/ask.py "Hội Hữu nghị Việt – Nga có ở bao nhiêu tỉnh, thành phố?"
"""

from __future__ import annotations

import argparse

from vnqa import NewsQA

QUESTION = "Hội Hữu nghị Việt – Nga thành lập ngày nào?"


def main() -> None:
    """Ask one question of an index that is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("question", nargs="?", default=QUESTION)
    parser.add_argument("--index", default="embeddings/tin-tuc")
    options = parser.parse_args()

    with NewsQA.open(options.index, read_only=True) as qa:
        answer = qa.ask(options.question)

    if answer.abstained:
        print(f"no answer: {answer.reason}")
        return
    print(f"{answer.text}  (confidence {answer.confidence:.2f}, {answer.model})")
    for citation in answer.citations:
        article = citation.article
        print(f"\n[{citation.number}] title:     {article.title}")
        print(f"    source:    {article.source}")
        print(f"    published: {article.published}")
        print(f"    url:       {article.url}")
        print(f"    quote:     {citation.quote}")
        print(f"    offsets:   {citation.start}–{citation.end} of {article.article_id}")
        assert article.text[citation.start : citation.end] == citation.quote


if __name__ == "__main__":
    main()
