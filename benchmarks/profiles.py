"""Profiles of ``add`` and ``ask``, by pyinstrument: where the time goes, printed as a tree.

Uses what vnqa offers since its first version, so that an older checkout can be profiled too: run it
there with this file's path. ``pip install pyinstrument`` first.

Run: .venv/bin/python benchmarks/profiles.py add|ask [--count N]
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(Path.cwd()))  # of the checkout that is profiled

DATA = ROOT.parent / "shared" / "data"
NEWS, QUESTIONS = "news_dantri_2016.jsonl.gz", "xquad_vi.jsonl"


def main() -> None:
    """Warm up, do the work once, print where its time went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["add", "ask"])
    parser.add_argument("--count", type=int, default=None, help="articles (300) or questions (10)")
    arguments = parser.parse_args()
    try:
        from pyinstrument import Profiler
    except ModuleNotFoundError:
        raise SystemExit("pyinstrument is not installed: pip install pyinstrument") from None
    if not DATA.is_dir():
        raise SystemExit(f"skipped: {DATA} is not there")
    from vnqa import Article, NewsQA
    from vnqa.loading import load

    count = arguments.count or {"add": 300, "ask": 10}[arguments.what]
    found = (item for item in load(DATA / NEWS) if isinstance(item, Article))
    articles = list(itertools.islice(found, max(count + 1, 300)))
    records = (DATA / QUESTIONS).read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in records[:: len(records) // (count + 1)]]
    profiler = Profiler(interval=0.001)
    with tempfile.TemporaryDirectory() as folder:
        generator = None if arguments.what == "add" else "bundled"
        with NewsQA.open(folder, generator=generator, threshold=0.0) as qa:
            qa.add(articles[:1])
            if arguments.what == "add":
                with profiler:
                    qa.add(articles[1 : count + 1])
            else:
                qa.add(articles)
                qa.ask(questions[-1])
                with profiler:
                    for question in questions[:count]:
                        qa.ask(question, top_k=6)
    print(profiler.output_text(show_all=False, color=False, unicode=True))


if __name__ == "__main__":
    main()
