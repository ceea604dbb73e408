from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.language.vietnamese import syllables
from vnqa.loading.boilerplate import clean
from vnqa.loading.decoding import normalise

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"

P1 = "Sáng nay, phiên chợ đầu xuân ở xã Mường Hoa đón hơn 2.000 lượt khách."
P2 = "Ban quản lý chợ cho biết số gian hàng tăng từ 40 lên 65 so với năm ngoái."
P3 = "Bà Giàng Thị Sua, người bán thổ cẩm, nói hàng của bà hết trước buổi trưa."
P4 = "Chợ sẽ họp thêm vào chiều chủ nhật, bắt đầu từ tháng sau."
HEADLINES = [
    "Cây cầu treo mới nối hai bờ sông Lam chính thức đón khách",
    "Vì sao giá rau xanh tăng vọt sau đợt mưa kéo dài?",
    "Nữ sinh trường làng giành học bổng toàn phần ở Phần Lan",
    "Đà Lạt chuẩn bị 200 gian hàng cho phiên chợ hoa cuối năm",
    "Hãng xe điện nội địa mở thêm bốn trạm sạc tại Cần Thơ",
    "[Video] Bên trong xưởng đóng thuyền gỗ trăm tuổi",
    "Thử nghiệm tuyến buýt đường thủy giữa Thủ Đức và Bình Dương",
    "Bão số 7 đổi hướng, ngư dân miền Trung khẩn trương vào bờ",
    "Người thầy thuốc quân y và những chuyến bay ra đảo xa",
    "Lịch thi đấu vòng 12 giải bóng đá trẻ toàn quốc",
    "Khánh thành thư viện cộng đồng đầu tiên ở xã Nậm Lành",
]
TEASER = (
    "Sau hai năm thi công, cây cầu dài 320 m rút ngắn quãng đường đến trường của nhiều em nhỏ ..."
)
TEASER_2 = "Phiên chợ năm nay kéo dài mười ngày, với các nhà vườn đến từ tám tỉnh."


def kept(*lines: str, title: str = "", blank: bool = True) -> list[str]:
    cleaned = clean(("\n\n" if blank else "\n").join(lines), title=title)
    return [line for line in cleaned.text.split("\n") if line]


def kinds(*lines: str, title: str = "") -> list[tuple[str, str]]:
    return [(cut.kind, cut.text) for cut in clean("\n".join(lines), title=title).cut]


# ---- one line ----


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Nhỏ Bình thường Lớn", "control"),
        ("A- A A+", "control"),
        ("fb yt zl tw", "control"),
        ("Chia sẻ Facebook Zalo", "control"),
        ("In bài", "control"),
        ("Nghe đọc bài", "control"),
        ("0:00 / 3:12", "control"),
        ("12 bình luận", "control"),
        ("Facebook 12 Zalo 3", "control"),
        ("Nữ miền Bắc Nam", "control"),
        ("chia se facebook", "control"),
        ("2 giờ trước", "control"),
        ("Trang chủ > Thời sự > Giao thông", "menu"),
        ("Thời sự Thế giới Kinh doanh Giải trí Thể thao", "menu"),
        ("![](https://vidu.vn/a.jpg)", "image"),
        ("![]() |", "image"),
        ("[Chợ hoa cuối năm](https://vidu.vn/cho-hoa)", "link"),
        ("* * *", "rule"),
        (">> Chợ hoa cuối năm mở cửa", "pointer"),
        ("Xem thêm: Chợ hoa cuối năm mở cửa", "pointer"),
        ("Mời độc giả đọc thêm: Chợ hoa cuối năm", "pointer"),
        ("=> Xem thêm bài: Chợ hoa cuối năm mở cửa", "pointer"),
        ("Từ khóa: chợ phiên, thổ cẩm", "tags"),
        ("#chợphiên #thổcẩm", "tags"),
        ("Bình luận (0)", "comments"),
        ("Ý kiến bạn đọc", "comments"),
        ("Mời bạn đọc theo dõi báo trên Facebook để nhận tin mới.", "follow us"),
        ("Theo dõi Ví Dụ trên Google News", "follow us"),
        ("Hàng thổ cẩm bày kín lối đi. Ảnh: Vũ Mai", "caption"),
        ("Hàng thổ cẩm bày kín lối đi (Ảnh: Vũ Mai/TTXVN)", "caption"),
        ("Hàng thổ cẩm bày kín lối đi. (Nguồn: AFP)", "caption"),
        ("Hàng thổ cẩm bày kín lối đi - Ảnh: V.M.", "caption"),
        ("*Hàng thổ cẩm bày kín lối đi. Ảnh Vũ Mai*", "caption"),
        ("(Ảnh minh họa)", "caption"),
        ("Hàng thổ cẩm bày kín lối đi - ảnh tư liệu", "caption"),
        ("Hàng thổ cẩm bày kín lối đi (ảnh minh họa).", "caption"),
        ("Ảnh: Vũ Mai", "caption"),
        ("Tin liên quan", "related"),
        ("CÓ THỂ BẠN QUAN TÂM", "related"),
        ("Đọc nhiều nhất", "related"),
        ("Tin cùng chuyên mục", "related"),
        ("Các tin bài khác:", "related"),
    ],
)
def test_a_line_is_cut_for_its_kind(line: str, kind: str) -> None:
    assert kinds(P1, line, P2) == [(kind, line)]
    assert kept(P1, line, P2) == [P1, P2]


@pytest.mark.parametrize(
    "line",
    [
        "Chia sẻ với phóng viên, bà Sua nói hàng bán chạy.",
        "Tin liên quan đến vụ việc đã được công an xác minh.",
        "Đọc nhiều sách giúp trẻ em vùng cao thêm vốn từ.",
        "Có thể bạn quan tâm đến giá vé: 20.000 đồng một lượt.",
        "Xem thêm hàng thổ cẩm, khách còn được dạy cách dệt.",
        "Theo dõi trang Facebook của chợ, khách biết trước giờ họp.",
        "Giấy phép hoạt động của chợ được cấp năm 2015.",
        "Bản quyền hoa văn thuộc về dân làng.",
        "Hãy nhập viện ngay khi có dấu hiệu sốt cao.",
        "Kinh tế - xã hội",
        "Facebook",
        "Ông Páo (ảnh) đã bán khăn ở chợ này 30 năm.",
        "Ảnh: Bà Sua bày hàng từ lúc trời còn tối rồi ngồi đợi những người khách đầu tiên",
        "Bức ảnh của anh được in ở bìa sách.",
        "Từ khóa được tìm nhiều nhất tuần qua là tên khu chợ.",
        "“Chúng tôi vui lắm”",
        "a) Gian hàng thổ cẩm",
        "Điện thoại: 0200 000 000",
        "- Bà bán gì?",
        "| Gian | Số lượng |",
        "| Y tế | 20% |",
        "| Giáo dục | Bà Giàng Thị Sua |",
        "Y tế / 20 tỷ",
        "Nam 45%, nữ 55%",
        "Nam 45, nữ 55",
        "A) 50 năm",
        "Giao thông 24/7",
        "Bảo tàng vừa tiếp nhận 150 hiện vật và ảnh tư liệu.",
        "Bà gửi cho ban quản lý 12 ảnh chụp màn hình.",
        "Lượng khách tăng 38,4% so với năm trước (nguồn: Cục Du lịch).",
        "=> Tổng số tiền phải nộp: 500.000 đồng",
        "→ Đáp án: B",
        "+3,2% là mức tăng của cả năm.",
    ],
)
def test_a_line_of_the_article_is_kept(line: str) -> None:
    assert kept(P1, line, P2, P3) == [P1, line, P2, P3]


def test_stacked_figures_and_names_are_kept_and_stacked_buttons_go() -> None:
    figures = ["Giáo dục: 15%", "Y tế: 20%", "Giao thông: 30%", "Du lịch: 12%"]
    assert kept(P1, *figures, P2) == [P1, *figures, P2]
    assert kept(P1, "Facebook", "Google", P2) == [P1, "Facebook", "Google", P2]
    listed = ["Danh sách công ty bị phạt:", "Facebook", "Google", "Like"]
    assert kept(P1, *listed, P2) == [P1, *listed, P2]
    buttons = ["Chia sẻ", "Facebook", "Zalo", "Twitter", "Thích", "Bình luận", "Lưu"]
    assert kept(*buttons, P1, *buttons, P2, "Facebook", "Lưu") == [P1, P2]


def test_comments_of_readers_go_and_the_article_below_a_counter_stays() -> None:
    comments = [
        *("Lê An", "Chợ vui thật.", "Thích", "Trả lời", "2 giờ trước"),
        *("Vũ Mai", "Tôi cũng đến rồi", "Thích 3", "Trả lời", "3 giờ trước"),
    ]
    assert kept(P1, P2, "Bình luận (2)", *comments) == [P1, P2]
    assert kept("Bình luận (2)", P1, P2, "Thích", "Trả lời") == [P1, P2]
    assert kept(P1, "Ý kiến bạn đọc", "Chợ họp khi nào?", "Trả lời:", P2)[-1] == P2


def test_markup_goes_and_words_stay() -> None:
    assert kept(
        "## Một phiên chợ đông",
        "**Khách đến từ *nhiều* nơi.**",
        "Có [64 gian](https://vidu.vn) và **hai** sân khấu ![](a.jpg).",
        "• Gian thứ nhất bán khăn.",
        "- Gian thứ hai bán mật ong.",
    ) == [
        "Một phiên chợ đông",
        "Khách đến từ *nhiều* nơi.",
        "Có 64 gian và hai sân khấu  .",
        "Gian thứ nhất bán khăn.",
        "- Gian thứ hai bán mật ong.",
    ]


def test_hard_wrapped_paragraphs_are_put_together() -> None:
    wrapped = [
        "Sáng nay, phiên chợ đầu xuân ở xã Mường Hoa đón hơn hai nghìn",
        "lượt khách, đông hơn hẳn những năm trước. Ban quản lý chợ cho",
        "biết số gian hàng cũng tăng, từ 40 lên 65 gian, phần lớn là của",
        "các hộ trong xã.",
    ]
    assert kept(*wrapped, blank=False) == [" ".join(wrapped)]
    assert kept(P1, P2, P3, blank=False) == [P1, P2, P3]


@pytest.mark.parametrize(
    ("row", "joined"),
    [
        ("lượt khách.", True),
        ("iPhone được bán ở gian đầu.", False),
        ("e-Go là tên một gian hàng.", False),
        ("a) Gian hàng thổ cẩm", False),
        ("Gian hàng cũng tăng.", False),
    ],
)
def test_a_row_that_goes_on_with_the_one_above_belongs_to_it(row: str, joined: bool) -> None:
    above = "Sáng nay, phiên chợ đầu xuân ở xã Mường Hoa đón hơn hai nghìn"
    assert kept(above, row, P2, blank=False) == [
        *([f"{above} {row}"] if joined else [above, row]),
        P2,
    ]
    for closed in (f"{above}:", f"{above}. Ảnh: Vũ Mai", f"- {above}", above[:40]):
        assert f"{closed} {row}" not in clean(f"{closed}\n{row}\n{P2}").text


def test_short_rows_below_a_long_one_stay_a_list() -> None:
    above = "Bảng giá vé khứ hồi đường bay Hà Nội - Thành phố Hồ Chí Minh"
    rows = [above, "thường: 2 triệu", "thương gia: 5 triệu"]
    assert kept(*rows, blank=False) == rows
    rows = [above, "có ba hạng", "thường 2 triệu", "thương gia 5 triệu"]
    assert kept(*rows, blank=False) == [f"{above} có ba hạng", *rows[2:]]


# ---- captions ----


def test_what_repeats_the_title_or_a_sentence_beside_an_image_is_a_caption() -> None:
    title = "Phiên chợ đầu xuân ở Mường Hoa đông khách"
    below = "Phiên chợ đầu xuân ở xã Mường Hoa đón hơn 2.000 lượt khách sáng nay."
    assert kinds(title, P1, title, below, P2, title=title) == [
        ("repeated title", title),
        ("repeated title", title),
        ("caption", below),
    ]
    assert kept(P1, below, P2) == [P1, below, P2]  # a sentence, and no image near


def test_an_unfinished_line_that_repeats_a_sentence_is_a_caption() -> None:
    line = P2.removesuffix(" so với năm ngoái.")
    assert kinds(P1, P2, line, P3) == [("caption", line)]
    assert kinds(P1, P2, line.replace("65", "66"), P3) == []


def test_the_line_below_an_image() -> None:
    image = "![Bà Sua bày hàng](https://vidu.vn/a.jpg)"
    assert kept(P1, image, "Bà Sua bày hàng", P2) == [P1, P2]
    assert kept(P1, image, "Khách mua khăn thổ cẩm ở gian đầu chợ", P2) == [P1, P2]
    assert kept(P1, image, P2) == [P1, P2]
    assert kept(P1, image, "Ngày hội lớn", P2) == [P1, "Ngày hội lớn", P2]


# ---- lists of other articles ----


@pytest.mark.parametrize("heading", ["Tin liên quan", "Có thể bạn quan tâm:", "ĐỌC THÊM"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_box_inside_an_article_ends_where_the_article_goes_on(heading: str, count: int) -> None:
    box = [HEADLINES[n] for n in (0, 2, 3, 4, 6)][:count]
    assert kept(P1, P2, heading, *box, P3, P4) == [P1, P2, P3, P4]
    bullets = [f"- {headline}" for headline in box]
    assert kept(P1, P2, heading, *bullets, "Chợ đổi giờ họp", P3) == [P1, P2, "Chợ đổi giờ họp", P3]


def test_subheadings_and_questions_behind_a_box_are_kept() -> None:
    for opening in ("Chợ đổi giờ họp", "Bà bán được bao nhiêu khăn mỗi phiên?", "2. Chợ họp thêm"):
        assert kept(P1, "Tin khác", HEADLINES[0], opening, P3) == [P1, opening, P3]


def test_an_abbreviation_within_a_headline_does_not_end_a_list() -> None:
    box = [HEADLINES[0], "Công an TP. Hồ Chí Minh bắt giữ 5 đối tượng", HEADLINES[2]]
    assert kept(P1, P2, "Tin liên quan", *box) == [P1, P2]


def test_a_list_at_the_end_goes_with_everything_in_it() -> None:
    page = [P1, P2, "Tin liên quan", *HEADLINES[:4], "Đọc nhiều", *HEADLINES[4:8], "Bờ bãi quê nhà"]
    assert kept(*page) == [P1, P2]


def test_pairs_with_teasers_under_a_heading() -> None:
    pairs = [line for headline in HEADLINES[:4] for line in (headline, headline, TEASER_2)]
    assert kept(P1, P2, "Có thể bạn quan tâm", "Tin cùng chuyên mục", *pairs) == [P1, P2]
    assert kept(P1, "Tin khác", *pairs, P2, P3) == [P1, P2, P3]


def test_pairs_without_a_heading_and_the_signature_below() -> None:
    pairs = [line for headline in HEADLINES[:2] for line in (headline, headline, TEASER)]
    assert kept(P1, P2, *pairs, "Vũ Mai") == [P1, P2, "Vũ Mai"]
    assert kept(P1, *pairs[:3], P2) == [P1, P2]
    assert kept(P1, HEADLINES[0], HEADLINES[0], P2) == [P1, HEADLINES[0], P2]


def test_headlines_with_full_teasers_after_the_article_has_ended() -> None:
    listed = [HEADLINES[0], TEASER_2, HEADLINES[2], TEASER_2]
    assert kept(P1, "Theo Báo Ví Dụ", "Tin khác", *listed) == [P1, "Theo Báo Ví Dụ"]
    assert kept(P1, P2.replace(".", "./."), "Tin khác", *listed)[2:] == []
    assert TEASER_2 in kept(P1, P2, "Tin khác", *listed)  # it may be the article: kept


def test_imprint_goes_at_the_end_only() -> None:
    imprint = ["© 2022 Báo Ví Dụ", "Địa chỉ: 1 phố Ví Dụ", "Điện thoại: 024 000", "Hotline: 09"]
    assert kept(P1, P2, *imprint) == [P1, P2]
    assert kept(P1, imprint[2], P2) == [P1, imprint[2], P2]
    for last in (
        "Không sử dụng lại dầu ăn đã chiên nhiều lần.",
        "Giấy phép khai thác cát số 125/GP-UBND được tỉnh cấp năm 2010, có thời hạn 15 năm.",
    ):
        assert kept(P1, P2, last) == [P1, P2, last]
    assert kept(P1, P2, "Không sao chép nội dung khi chưa được phép") == [P1, P2]
    assert kept(P1, *imprint, P2) == [P1, *imprint, P2]


# ---- properties ----


LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from([P1, P2, P3, TEASER, "Tin liên quan", "Ảnh: A", "Nguồn: VOV", "Chia sẻ"]),
        st.sampled_from(HEADLINES),
    ),
    max_size=25,
)


@given(LINES)
def test_what_is_kept_stands_in_the_input_in_order(lines: list[str]) -> None:
    page = normalise("\n".join(lines))
    cleaned = clean(page)
    at = 0
    for line in cleaned.text.split("\n"):
        for character in line:
            if not character.isspace():
                at = page.index(character, at) + 1  # a subsequence: nothing is invented


@given(LINES)
def test_everything_is_kept_or_listed_as_cut(lines: list[str]) -> None:
    cleaned = clean("\n".join(lines))
    words = syllables(normalise("\n".join(lines)))
    parts = [cleaned.text, *(cut.text for cut in cleaned.cut)]
    assert sorted(s for part in parts for s in syllables(part)) == sorted(words)


# ---- news with boilerplate of our own added ----


SENTENCE = re.compile(r"(?<=[^\W\d_][.!?…])[\"”’)]*\s*(?=[\"“‘]?[A-ZĐÀ-Ý][a-zà-ỹ])|\n+")
HEADINGS = [
    "Tin liên quan",
    "Có thể bạn quan tâm",
    "Xem thêm",
    "Bài viết liên quan:",
    "ĐỌC THÊM",
    "Tin cùng chuyên mục",
    "Đọc nhiều nhất",
    "TIN NỔI BẬT",
    "Đừng bỏ lỡ",
]


def paragraphs(body: str, rng: random.Random) -> list[str]:
    sentences = [part.strip() for part in SENTENCE.split(body) if part and part.strip()]
    joined = []
    while sentences:
        count = rng.randint(1, 3)
        joined.append(" ".join(sentences[:count]))
        del sentences[:count]
    return joined


def above(rng: random.Random) -> list[str]:
    return rng.choice(
        [
            ["Trang chủ > Thời sự > Giao thông"],
            ["A- A A+"],
            ["Nhỏ Vừa Lớn", "Chia sẻ", "Facebook Zalo Twitter"],
            ["Thời sự Thế giới Kinh doanh Giải trí Thể thao Pháp luật"],
            ["Nghe bài viết", "0:00 / 3:12", "12 bình luận"],
            ["Trang chủ", "Thời sự", "Thế giới", "Kinh tế"],
        ]
    )


def inside(rng: random.Random) -> list[str]:
    box = rng.sample([h for h in HEADLINES if not h.endswith("?")], rng.randint(1, 5))
    return rng.choice(
        [
            [rng.choice(HEADINGS), *box],
            [rng.choice(HEADINGS), *(f"- {headline}" for headline in box)],
            [rng.choice(HEADINGS), *(x for h in box[:2] for x in (h, h, TEASER))],
            [f">> {box[0]}"],
            [f"Xem thêm: {box[0]}"],
            ["![](https://vidu.vn/b.jpg)", "Chợ phiên nhìn từ trên đồi. Ảnh: Minh Quân"],
        ]
    )


def below(rng: random.Random) -> list[str]:
    some = rng.sample(HEADLINES, rng.randint(3, 7))
    return rng.choice(
        [
            [rng.choice(HEADINGS), *some],
            [x for h in some for x in (h, h, TEASER)],
            ["Có thể bạn quan tâm", "Tin mới", *(x for h in some for x in (h, h, TEASER_2))],
            ["Từ khóa: giao thông, cầu treo", "Bình luận (0)", "Gửi bình luận"],
            ["© 2021 Báo Ví Dụ", "Giấy phép số 12/GP-BTTTT", "Email: toasoan@vidu.vn"],
            ["Tags:", "cầu treo", "giao thông", "Tin mới", *some, "Đọc nhiều", *some, "fb yt zl"],
            ["Tin khác", *(x for h in some for x in (h, f"{rng.randint(1, 20)} giờ trước"))],
        ]
    )


def news(name: str, step: int, count: int) -> Iterator[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number >= step * count:
                return
            if number % step == 0:
                yield json.loads(line)


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize(
    ("name", "step"), [("news_dantri_2016.jsonl.gz", 21), ("news_baomoi_2017.jsonl.gz", 170)]
)
def test_no_sentence_of_a_body_is_lost_and_added_blocks_go(name: str, step: int) -> None:
    lost: list[str] = []
    added = left = sentences = 0
    for record in news(name, step, 200):
        rng = random.Random(record["id"])
        body = paragraphs(record["body"], rng)
        if len(body) < 3:
            continue
        title = record["title"]
        plain = {key(line) for line in kept(title, *body, title=title)}
        middle = rng.randint(1, len(body) - 1)
        blocks = [above(rng), inside(rng), below(rng)]
        page = [*blocks[0], title, *body[:middle], *blocks[1], *body[middle:], *blocks[2]]
        lines = [key(line) for line in kept(*page, title=title, blank=rng.random() < 0.5)]
        found, text = set(lines), " ".join(lines)  # rows of one sentence may have been joined
        # A paragraph is prose here if it ends as a sentence: a last line without a full stop,
        # right below a box, cannot be told from a headline of the box.
        prose = [p for p in body if key(p) in plain and re.search(r"[.!?…:][\"”’)]*$", p)]
        sentences += len(prose)
        lost += [p for p in prose if key(p) not in text]
        keys = [key(line) for block in blocks for line in block if not line.startswith("![")]
        added += len(keys)
        left += sum(k in found for k in keys)
    assert lost == []
    assert sentences > 1000
    assert left <= 0.005 * added


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_what_is_cut_from_plain_news_is_never_a_sentence_of_its_own() -> None:
    cuts = 0
    for record in news("news_dantri_2016.jsonl.gz", 8, 500):
        for cut in clean(record["body"], title=record["title"]).cut:
            assert cut.kind in ("caption", "pointer", "related", "rule", "repeated title")
            for line in cut.text.split("\n"):
                assert len(line.split()) <= 65
                assert cut.kind == "caption" or not re.search(r"\w[.!…][”\"]?$", line)
                cuts += 1
    assert cuts > 50


def key(text: str) -> str:
    return " ".join(syllables(text))


@pytest.mark.parametrize(
    "items",
    [
        [
            "Tây Nguyên: có mây, có lúc có mưa rào và dông vài nơi, gió nhẹ",
            "Nam Bộ: có mây, có lúc có mưa rào và dông vài nơi, gió nhẹ, ngày nắng",
        ],
        ["Giáo dục", "Y tế", "Giao thông"],
        ["Giáo dục - Y tế - Giao thông - Môi trường"],
    ],
)
def test_items_of_a_list_are_kept(items: list[str]) -> None:
    text = "\n".join([P1, P2, "Các mục của phiên chợ gồm:", *items, P3])
    assert clean(text).text == text


@pytest.mark.parametrize(
    "reaction",
    [["Thích Trả lời"], ["Trả lời", "Chia sẻ", "10h trước"], ["Thích Trả lời 2 giờ trước"]],
)
def test_every_comment_of_readers_goes(reaction: list[str]) -> None:
    comments = ["Nguyễn An", "Tôi nghĩ chợ họp sớm quá.", *reaction]
    comments += ["Lê Bình", "Hàng thổ cẩm rất đẹp.", *reaction]
    assert clean("\n".join([P1, P2, "Bình luận (2)", *comments])).text == f"{P1}\n{P2}"


def test_a_picture_inside_the_text_goes_however_large() -> None:
    picture = f"![Chợ](data:image/png;base64,{'iVBORw0KGgo' * 2000})"
    assert clean(f"{P1}\n\n{picture}\n\n{P2}").text == f"{P1}\n\n{P2}"
