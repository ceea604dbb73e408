"""Search without a language model, in a range of dates or one outlet's articles.

make setup && .venv/bin/vnqa add seeds
.venv/bin/python examples/search_only.py "cháy rừng" --since 2013-01-01 --source "Dân trí"
"""

from __future__ import annotations

import argparse
import datetime

from vnqa import NewsQA


def main() -> None:
    """Print the three nearest passages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("query", nargs="?", default="đội nào vô địch")
    parser.add_argument("--since", type=datetime.date.fromisoformat)
    parser.add_argument("--until", type=datetime.date.fromisoformat)
    parser.add_argument("--source", action="append", help="may be repeated")
    parser.add_argument("--index", default="embeddings/tin-tuc")
    options = parser.parse_args()

    with NewsQA.open(options.index, generator=None, read_only=True) as qa:
        hits = qa.search(
            options.query,
            top_k=3,
            since=options.since,
            until=options.until,
            sources=options.source,
        )
    for hit in hits:
        print(f"{hit.rank}. {hit.article.title} | {hit.article.source} | {hit.article.published}")
        print(f"   {hit.passage.text}\n")


if __name__ == "__main__":
    main()
