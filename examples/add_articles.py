"""Add articles built in code, ask, update one and ask again, then remove it.

.venv/bin/python examples/add_articles.py
"""

from __future__ import annotations

import argparse
import datetime

from vnqa import Article, NewsQA

FERRY = Article(
    article_id="pha-con-se",
    title="Phà Cồn Sẻ chạy thêm chuyến tối",
    text="Từ ngày 1/3, phà Cồn Sẻ chạy thêm chuyến lúc 21 giờ 30. Giá vé là 4.000 đồng một lượt. "
    "Bến phà mở cửa từ 4 giờ sáng để chở rau và cá ra chợ.",
    source="Bản tin Cồn Sẻ",
    published=datetime.date(2024, 2, 26),
)
MARKET = {"id": "cho-noi", "title": "Chợ nổi vắng khách", "body": "Chợ nổi còn 60 ghe buôn bán."}
QUESTION = "Giá vé phà Cồn Sẻ là bao nhiêu?"


def main() -> None:
    """Add, ask, update, ask again, remove."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", default="embeddings/ben-pha")
    options = parser.parse_args()

    with NewsQA.open(options.index) as qa:
        report = qa.add([FERRY, MARKET])  # an Article, or a record like a line of a JSONL file
        print(f"added {report.added}, unchanged {report.unchanged}")
        print(qa.ask(QUESTION))

        dearer = FERRY.model_copy(update={"text": FERRY.text.replace("4.000", "5.000")})
        print(f"\nupdated {qa.add(dearer).updated}")
        print(qa.ask(QUESTION))

        print(f"\nremoved: {qa.remove(FERRY.article_id)}")
        print("left:", ", ".join(article.article_id for article in qa.articles()))


if __name__ == "__main__":
    main()
