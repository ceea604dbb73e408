from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from vnqa.loading import inspect, load
from vnqa.loading.byline import outlet_of
from vnqa.loading.dates import find_moment
from vnqa.loading.signatures import read_signature
from vnqa.records import Article

LEAD = "Sáng 12/3/2019, xưởng dệt ở Nam Định chạy thử dây chuyền mới dài 80 m."
BODY = (
    "Theo quản đốc, dây chuyền này làm ra 2.000 m vải mỗi ca. Công nhân đã học vận hành từ tháng 1."
)
LAST = "Xưởng dự định tuyển thêm 60 người trong năm nay."
SEEDS = Path(__file__).resolve().parents[1].parent / "shared" / "seeds"


def read(*lines: str, **fields: object) -> Article:
    (article,) = load([{"id": "a", "text": "\n\n".join(lines), **fields}])
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize(
    ("line", "date", "time"),
    [
        ("13:05 14/03/2019", "2019-03-14", "13:05"),
        ("Thứ năm, 14/3/2019, 13:05 (GMT+7)", "2019-03-14", "13:05"),
        ("Thứ Năm, ngày 14 tháng 3 năm 2019 - 13:05", "2019-03-14", "13:05"),
        ("14-03-2019 13:05", "2019-03-14", "13:05"),
        ("14.03.2019 | 13h05", "2019-03-14", "13:05"),
        ("Cập nhật lúc 13:05, 14/03/2019", "2019-03-14", "13:05"),
        ("Cập nhật: 14/3/2019", "2019-03-14", None),
        ("Ngày đăng: 14/03/2019 - 1:05 PM", "2019-03-14", "13:05"),
        ("2019-03-14T13:05:00+07:00", "2019-03-14", "13:05"),
        ("CN, 17/03/2019 | 07:30 GMT+7", "2019-03-17", "07:30"),
        ("Đăng 14/03/2019 13:05 - Cập nhật 15/03/2019 08:00", "2019-03-14", "13:05"),
        ("14/03/2019", "2019-03-14", None),
        ("29 Tháng Chín, 2021", "2021-09-29", None),
        ("Kinh tế 14/03/2019 13:05", "2019-03-14", "13:05"),
        ("Thời sự | 14/03/2019 13:05", "2019-03-14", "13:05"),
        ("Trang chủ > Thời sự > 14/03/2019", "2019-03-14", None),
        ("Xã Hội - 14/03/2019, 13:05", "2019-03-14", "13:05"),
        ("Thể thao - Thứ Tư, 14/3/2019, 13:05", "2019-03-14", "13:05"),
        ("THỜI SỰ 14/03/2019", "2019-03-14", None),
    ],
)
@pytest.mark.parametrize("place", ["head", "foot"])
def test_lines_of_dates(line: str, date: str, time: str | None, place: str) -> None:
    title = "Xưởng dệt chạy dây chuyền mới"
    lines = [title, line, LEAD, BODY] if place == "head" else [title, LEAD, BODY, line]
    article = read(*lines)
    assert (str(article.published), article.extra.get("published_time")) == (date, time)
    assert (article.title, article.text) == (title, f"{LEAD}\n\n{BODY}")
    assert (article.source, article.author) == (None, None)


def test_the_outlet_beside_the_date() -> None:
    assert read("Máy dệt mới về làng", "Theo VOV 14/03/2019 13:05", LEAD).source == "VOV"


def test_the_time_of_an_event_below_the_article_is_not_when_it_was_printed() -> None:
    event = ["Địa điểm: Nhà hát Lớn, Hà Nội", "Thời gian: 19h30 ngày 20/10/2023"]
    article = read(LEAD, BODY, *event, title="Tin thử")
    assert (article.published, article.source) == (None, None)
    assert article.text.endswith("\n\n".join(event))


@pytest.mark.parametrize(
    "line",
    [
        "31/2/2019",
        "Ngày 14/3/2019, xưởng đóng cửa để sửa máy.",
        "Lễ khai trương ngày 14/3/2019 lúc 13:05 tại Nam Định",
        "14/3",
    ],
)
def test_dates_of_the_article_are_not_dates_of_publication(line: str) -> None:
    for lines in ((LEAD, line, BODY), (line, LEAD, BODY), (LEAD, BODY, line)):
        article = read(*lines, title="Tin thử")
        assert article.published is None
        assert line in article.text


def test_day_comes_before_month_and_invalid_dates_are_none() -> None:
    moment = find_moment("5/4/2020")
    assert moment is not None
    assert moment.date == datetime.date(2020, 4, 5)
    assert find_moment("13/13/2020") is None
    assert find_moment("2020-02-30") is None
    assert find_moment("1/1/3020") is None
    assert find_moment("số 12/2020/NĐ-CP") is None


@pytest.mark.parametrize(
    ("line", "author", "source"),
    [
        ("Theo Báo Ví Dụ", None, "Báo Ví Dụ"),
        ("(Theo TTXVN)", None, "TTXVN"),
        ("Nguồn: VOV", None, "VOV"),
        ("Theo vidu.com.vn", None, "vidu.com.vn"),
        ("Vũ Mai/Vietnam+", "Vũ Mai", "Vietnam+"),
        ("Vũ Mai (TTXVN)", "Vũ Mai", "TTXVN"),
        ("Vũ Mai (theo Reuters)", "Vũ Mai", "Reuters"),
        ("Theo Vũ Mai/VOV", "Vũ Mai", "VOV"),
        ("Vũ Mai - Lê An", "Vũ Mai - Lê An", None),
        ("VŨ MAI", "VŨ MAI", None),
        ("Vũ Mai (lược dịch)", "Vũ Mai", None),
        ("V.M", "V.M", None),
        ("BNG", None, "BNG"),
        ("Tin/ảnh: Vũ Mai", "Vũ Mai", None),
        ("Tin, ảnh: Vũ Mai", "Vũ Mai", None),
        ("Bài và ảnh: Vũ Mai", "Vũ Mai", None),
        ("Tác giả: Vũ Mai", "Vũ Mai", None),
        ("Thực hiện: Vũ Mai, Lê An", "Vũ Mai, Lê An", None),
    ],
)
def test_signatures(line: str, author: str | None, source: str | None) -> None:
    article = read(LEAD, BODY, line, title="Tin thử")
    assert (article.author, article.source) == (author, source)
    assert article.text == f"{LEAD}\n\n{BODY}"


@pytest.mark.parametrize(
    "line",
    [
        "Theo ông Hải, xưởng sẽ mở rộng.",
        "Theo kế hoạch đã được thông qua từ đầu năm ngoái",
        "Xưởng đóng cửa lúc 17 giờ.",
        "Hai bên bắt tay nhau",
        "Nguồn: nước ngầm, nước mưa và nước từ kênh dẫn vào xưởng hằng ngày.",
    ],
)
def test_sentences_are_not_signatures(line: str) -> None:
    assert read_signature(line) is None
    assert read(LEAD, BODY, line, title="Tin thử").text.endswith(line)


def test_the_last_of_a_list_of_names_is_kept() -> None:
    article = read(LEAD, "Danh sách trúng tuyển:", "Lê Văn An", "Vũ Thị Mai", title="Tin thử")
    assert article.text.endswith("Lê Văn An\n\nVũ Thị Mai")
    assert article.author is None


@pytest.mark.parametrize(
    ("prefix", "outlet"),
    [
        ("(Dân trí) - ", "Dân trí"),
        ("TTO - ", "TTO"),
        ("VOV.VN - ", "VOV.VN"),
        ("(PLO)- ", "PLO"),
        ("VTV.vn - ", "VTV.vn"),
    ],
)
def test_prefix_of_the_first_sentence(prefix: str, outlet: str) -> None:
    article = read(prefix + LEAD, BODY, title="Tin thử")
    assert (article.text, article.source) == (f"{LEAD}\n\n{BODY}", outlet)


@pytest.mark.parametrize(
    "opening",
    [
        "EU - Nga đàm phán về cá.",
        "TP.HCM - Mưa lớn.",
        "Dân trí Việt Nam ngày một cao.",
        "Thanh niên - lực lượng xung kích - cần học nghề.",
        "VTV - đơn vị nắm bản quyền - vừa thông báo.",
    ],
)
def test_what_only_looks_like_a_prefix_is_kept(opening: str) -> None:
    assert read(opening, BODY, title="Tin thử").text == f"{opening}\n\n{BODY}"


@pytest.mark.parametrize("prefix", ["(Dân trí) - ", "TTO - "])
def test_prefix_of_the_sapo(prefix: str) -> None:
    article = read(BODY, title="Tin thử", sapo=prefix + LEAD)
    assert (article.summary, article.text) == (LEAD, f"{LEAD}\n\n{BODY}")
    assert article.source == prefix.strip("() -")
    assert read(prefix + LEAD, BODY, sapo=prefix + LEAD).text == f"{LEAD}\n\n{BODY}"


def test_a_prefix_without_a_dash_is_cut_on_its_own_pages_only() -> None:
    opening = f"Dân trí {LEAD}"
    assert read(opening, url="http://dantri.com.vn/a").text == LEAD
    assert read(opening, url="http://vidu.vn/a").text == opening


def test_known_fields_win_over_the_text() -> None:
    article = read(
        "Xưởng dệt chạy dây chuyền mới",
        "14/03/2019",
        LEAD,
        "Theo VOV",
        title="Xưởng dệt chạy dây chuyền mới",
        source="Báo Ví Dụ",
        date="2018-01-02",
    )
    assert (article.source, str(article.published)) == ("Báo Ví Dụ", "2018-01-02")
    assert article.text == LEAD


def test_markdown_head_with_bold_sapo_caption_and_link() -> None:
    sapo = "Dây chuyền mới giúp xưởng dệt tăng gấp đôi sản lượng và tuyển thêm công nhân."
    article = read(
        "# Xưởng dệt chạy dây chuyền mới",
        "08:15 14/03/2019",
        "Tác giả: Lê An",
        f"**{sapo}**",
        "![](https://vidu.vn/a.jpg)",
        "*Công nhân bên dây chuyền. Ảnh Vũ Mai*",
        LEAD,
        "Vũ Mai/Vietnam+",
        "**Link bài viết:** <https://vidu.vn/xuong-det>",
    )
    assert article == Article(
        article_id="a",
        title="Xưởng dệt chạy dây chuyền mới",
        text=f"{sapo}\n\n{LEAD}",
        url="https://vidu.vn/xuong-det",
        source="Vietnam+",
        author="Lê An",
        published=datetime.date(2019, 3, 14),
        summary=sapo,
        extra={"published_time": "08:15"},
    )


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([LEAD, BODY], ""),
        (["Xưởng dệt chạy dây chuyền mới", LEAD], "Xưởng dệt chạy dây chuyền mới"),
        (["iPhone lắp ráp tại Bắc Ninh", LEAD], "iPhone lắp ráp tại Bắc Ninh"),
        (["Vì sao xưởng dệt đổi máy?", LEAD], "Vì sao xưởng dệt đổi máy?"),
        (["Thời sự", "Nhỏ Bình thường Lớn", "Máy dệt mới về làng", LEAD], "Máy dệt mới về làng"),
        (["Lê Văn An", LEAD, BODY], ""),
        (["VnExpress", "Máy dệt mới về làng", "14/03/2019", LEAD], "Máy dệt mới về làng"),
        (["Báo điện tử Ví Dụ", "# Máy dệt về làng", "14/03/2019", LEAD], "Máy dệt về làng"),
        (["Công an TP. Huế mở lớp dệt", "14/03/2019", LEAD], "Công an TP. Huế mở lớp dệt"),
        (["TS. Lê An: Nghề dệt sẽ phục hồi", LEAD], "TS. Lê An: Nghề dệt sẽ phục hồi"),
        (["KTS. Lê An thiết kế nhà dệt", LEAD], "KTS. Lê An thiết kế nhà dệt"),
        (["Xưởng dệt làm không kịp no. Máy mới về", LEAD], ""),
        (["Xưởng dệt mở lại", LEAD, "# Máy mới về", BODY], "Xưởng dệt mở lại"),
        (["Bão Noru", "14/03/2019", LEAD], ""),
        (["xưởng dệt mở lại sau tết", LEAD], ""),
        (["Xưởng dệt mở lại", "Máy mới đã về"], ""),
    ],
)
def test_titles(lines: list[str], title: str) -> None:
    article = read(*lines)
    assert (article.title, article.author) == (title, None)
    assert str(article.published) == ("2019-03-14" if "14/03/2019" in lines else "None")


def test_author_beside_the_date() -> None:
    for head in (
        ["Lê An", "14/03/2019 08:15"],
        ["14/03/2019 08:15", "Lê An"],
        ["Lê An | 14/03/2019"],
    ):
        article = read("Máy dệt mới về làng", *head, LEAD)
        assert (article.author, str(article.published)) == ("Lê An", "2019-03-14")
        assert article.text == LEAD


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.vidu.vn/a", "vidu.vn"),
        ("vidu.com.vn/a", "vidu.com.vn"),
        ("", None),
        (None, None),
        ("http://[", None),
    ],
)
def test_outlet_of(url: str | None, outlet: str | None) -> None:
    assert outlet_of(url) == outlet


# ---- the five pages as they were collected ----

needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds is not here")
EXPECTED = {
    "000": ("Tham vấn Vụ", "2021-09-29", "Kim Dung", "Vietnam+", 8),
    "001": ("Việt Nam và Liên bang Nga tăng", "None", None, "VOV", 10),
    "002": ("", "None", None, "BNG", 5),
    "003": ("Hoạt động đối ngoại nhân dân", "None", None, None, 7),
    "004": ("Đại sứ Liên bang Nga nỗ lực", "None", "Tuấn Anh", None, 11),
}


@needs_seeds
def test_fields_and_paragraphs_of_the_collected_pages() -> None:
    found = {}
    for article in load(SEEDS):
        assert isinstance(article, Article)
        paragraphs = [line for line in article.text.split("\n") if line]
        start = EXPECTED[article.article_id[:3]][0]
        assert article.title.startswith(start)
        found[article.article_id[:3]] = (
            start,
            str(article.published),
            article.author,
            article.source,
            len(paragraphs),
        )
    assert found == EXPECTED


@needs_seeds
def test_every_line_of_a_collected_page_is_kept_or_shown_as_cut() -> None:
    for found in inspect(SEEDS):
        assert isinstance(found.loaded, Article)
        page = Path(found.place).read_text(encoding="utf-8")
        lines = {line.strip() for line in page.split("\n") if line.strip()}
        cut = {line for cut in found.cut for line in cut.text.split("\n")}
        kept = {line for line in found.loaded.text.split("\n") if line}
        assert lines - cut == kept or {f"**{line}**" for line in kept} & lines
        assert cut <= lines


@needs_seeds
@pytest.mark.parametrize(
    ("page", "first", "last"),
    [
        ("000", "Cuộc tham vấn giữa Vụ", "vào thời điểm phù hợp./."),
        ("001", "Ngày 1/6, tại trụ sở", "trực tiếp các nhà lãnh đạo Việt Nam."),
        ("002", "Nhận lời mời của Bộ", "và thành phố Saint-Petersburg."),
        ("003", "Tham dự buổi làm việc", "phong tục nước Nga."),
        ("004", "Sáng ngày 8/7", "mà hai bên cùng quan tâm."),
    ],
)
def test_bodies_of_the_collected_pages(page: str, first: str, last: str) -> None:
    (path,) = SEEDS.glob(f"{page}_*.txt")
    (article,) = load(path)
    assert isinstance(article, Article)
    assert article.text.startswith(first)
    assert article.text.endswith(last)


@pytest.mark.parametrize(
    "lines",
    [
        ["Thời hạn: 17h00 ngày 05/12/2026", "Địa điểm: 12 Lý Thường Kiệt"],
        ["Khai mạc: 8h30 ngày 05/12/2026", "Bế mạc: 17h00 ngày 12/12/2026"],
        ["Việt Nam - Thái Lan: 20h00, 02/01/2027"],
        ["02/01/2027: Việt Nam - Thái Lan", "05/01/2027: Thái Lan - Việt Nam"],
        ["Lịch nghỉ:", "05/12/2026", "12/12/2026"],
    ],
)
@pytest.mark.parametrize("published", [None, "2026-11-28"])
def test_when_something_happens_is_not_when_it_was_printed(
    lines: list[str], published: str | None
) -> None:
    article = read("Xưởng dệt chạy thử", LEAD, BODY, *lines, published=published)
    assert all(line in article.text for line in lines)
    assert (str(article.published) if article.published else None) == published
    assert (article.author, article.source) == (None, None)


def test_another_date_below_the_article_is_kept_and_its_own_goes() -> None:
    for line, stays in (("28/11/2026 13:30", False), ("29/11/2026 13:30", True)):
        article = read("Xưởng dệt chạy thử", LEAD, BODY, line, published="2026-11-28")
        assert (line in article.text) is stays


def test_an_address_below_a_colon_is_of_the_article() -> None:
    address = "https://thisinh.edu.vn"
    article = read("Xưởng dệt chạy thử", LEAD, f"{BODY} Tra cứu ở địa chỉ sau:", address)
    assert article.text.endswith(address)
    assert (article.url, article.source) == (None, None)


def test_a_labelled_title_wins_over_what_stands_above_it() -> None:
    article = read("Chuyên mục đặc biệt: Thời sự", "Tiêu đề: Xưởng dệt chạy thử", LEAD, BODY)
    assert article.title == "Xưởng dệt chạy thử"
