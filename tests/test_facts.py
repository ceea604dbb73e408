from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnqa.language.dates import dates
from vnqa.language.facts import missing_facts
from vnqa.language.names import names
from vnqa.language.numbers import numbers

WORDS = "không một hai ba bốn năm sáu bảy tám chín".split()


def values(text: str) -> list[set[Fraction]]:
    return [set(number.readings) for number in numbers(text) if number.certain]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,5 triệu", 3_500_000),
        ("3.500.000", 3_500_000),
        ("ba triệu rưỡi", 3_500_000),
        ("3 triệu rưỡi", 3_500_000),
        ("1 triệu 200 nghìn", 1_200_000),
        ("một trăm linh năm", 105),
        ("hai mươi lăm", 25),
        ("chín mươi mốt", 91),
        ("một nghìn chín trăm sáu mươi tư", 1964),
        ("2 nghìn tỉ", 2 * 10**12),
        ("hai nghìn tỷ", 2 * 10**12),
        ("mười hai", 12),
        ("1.200", 1200),
        ("0.500", Fraction(1, 2)),
    ],
)
def test_a_number_by_value(text: str, value: Fraction) -> None:
    assert values(text) == [{Fraction(value)}]


def test_three_and_a_half_is_not_thirty_five() -> None:
    assert missing_facts("tăng 35 %", ["tăng 3,5 %"]) == ["35"]
    assert missing_facts("tăng 3,5 %", ["tăng 35 %"]) == ["3,5"]


def test_a_year_word_is_no_five() -> None:
    assert values("năm nay, mười năm qua") == []
    for years in ("sáu năm tù", "hai mươi tư năm tù", "ba trăm năm lịch sử", "nghìn năm văn hiến"):
        assert missing_facts("Có 5.", [years]) == ["5"]
    for fives in ("Năm người chết", "bốn năm người chết", "năm năm tù"):
        assert missing_facts("Có 5.", [fives]) == []


def spell(n: int) -> str:
    """Spell 1 to 999 in Vietnamese, written apart from the parser."""
    hundreds, tens, units = n // 100, n // 10 % 10, n % 10
    words = [f"{WORDS[hundreds]} trăm"] if hundreds else []
    if tens == 0 and units and hundreds:
        words.append("linh")
    elif tens == 1:
        words.append("mười")
    elif tens > 1:
        words.append(f"{WORDS[tens]} mươi")
    if units:
        words.append(
            "lăm" if units == 5 and tens else "mốt" if units == 1 and tens > 1 else WORDS[units]
        )
    return " ".join(words)


@given(st.integers(min_value=10, max_value=999))
def test_words_and_digits_agree(n: int) -> None:
    found = numbers(spell(n))
    assert [set(number.readings) for number in found] == [{Fraction(n)}]


@given(st.integers(min_value=0, max_value=10**12))
def test_grouped_digits_agree(n: int) -> None:
    grouped = f"{n:,}".replace(",", ".")
    assert missing_facts(f"có {n} con", [f"có {grouped} con"]) == []


@given(
    st.integers(min_value=1, max_value=999),
    st.sampled_from([("nghìn", 3), ("triệu", 6), ("tỷ", 9)]),
)
def test_multipliers_agree(n: int, scale: tuple[str, int]) -> None:
    word, power = scale
    assert missing_facts(f"{n} {word} đồng", [f"{n * 10**power} đồng"]) == []
    assert missing_facts(f"{n} {word} đồng", [f"{n} đồng"]) == [f"{n} {word}"]


@pytest.mark.parametrize(
    "text",
    ["23/5/1950", "ngày 23 tháng 5 năm 1950", "23-5-1950", "23.5.1950", "1950-05-23", "23/05/1950",
     "ngày 23 tháng năm năm 1950", "23/5 năm 1950", "ngày 23 tháng Năm 1950"],
)  # fmt: skip
def test_one_date_in_many_spellings(text: str) -> None:
    assert [date[2:] for date in dates(text)] == [(1950, 5, 23)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("sáng 20-11", (None, 11, 20)),
        ("ngày 20.11", (None, 11, 20)),
        ("tháng Tám 1945", (1945, 8, None)),
        ("tháng Mười 2020", (2020, 10, None)),
        ("từ 7/5", (None, 5, 7)),
        ("tối 2.5%", None),
        ("mỗi ngày 1.5 lít", None),
        ("đêm 7-9 độ", None),
        ("chiều 2.5 triệu người", None),
        ("mỗi tháng 10 triệu đồng", None),
        ("lương tháng 8 triệu đồng", None),
        ("làm ngày 12 tiếng", None),
        ("ngày 4 viên", None),
        ("mỗi tháng hai lần", None),
        ("cứ 3 tháng 1 lần", None),
        ("ngày 2 công ty mở cửa", (None, None, 2)),
        ("tháng 7 người dân được mùa", (None, 7, None)),
        ("Tháng 11 người Mỹ sẽ bầu tổng thống", (None, 11, None)),
        ("tháng 6 độ ẩm cao", (None, 6, None)),
        ("Tháng 5 giờ làm việc đổi", (None, 5, None)),
        ("tháng 5 đồng USD tăng giá", (None, 5, None)),
        ("trong tháng 7 tỷ lệ sinh tăng", (None, 7, None)),
        ("ngày 20 con bão mạnh lên", (None, None, 20)),
        ("Ngày 7 ca mắc tăng mạnh", (None, None, 7)),
        ("tối 20-11 con bão vào bờ", (None, 11, 20)),
        ("lương tháng 8 triệu mà vẫn thiếu", None),
        ("làm việc ngày 12 giờ ở xưởng", None),
        ("thu ngày 5 triệu đồng tiền vé", None),
        ("uống ngày 2 lần, sau bữa ăn", None),
        ("ngày 3 tháng 9 lần đầu tiên", (None, 9, 3)),
        ("ngày 3 tháng 9 lần lượt đón khách", (None, 9, 3)),
        ("tháng haı", None),
        ("THÁNG HAİ năm 1950", (1950, None, None)),
        ("tháng ſáu năm 1950", (1950, None, None)),
    ],
)
def test_dates_as_newspapers_write_them(text: str, date: tuple[int, ...] | None) -> None:
    assert [found[2:] for found in dates(text)] == ([] if date is None else [date])


@given(st.dates())
def test_date_spellings_support_one_another(date: object) -> None:
    day, month, year = date.day, date.month, date.year  # type: ignore[attr-defined]
    year = 1000 + year % 1100
    spellings = [
        f"{day}/{month}/{year}",
        f"ngày {day} tháng {month} năm {year}",
        f"{day}-{month}-{year}",
    ]
    for one in spellings:
        for other in spellings:
            assert missing_facts(f"Vào {one}.", [f"Vào {other}."]) == []
    other_day = day % 28 + 1
    if other_day != day:
        assert missing_facts(f"Vào {day}/{month}/{year}.", [f"Vào {other_day}/{month}/{year}."])


def test_a_part_of_a_date_is_given_by_the_whole() -> None:
    quote = ["Hội thành lập ngày 23/5/1950."]
    assert missing_facts("từ năm 1950", quote) == []
    assert missing_facts("tháng 5/1950", quote) == []
    assert missing_facts("ngày 23/5/1951", quote) == ["23/5/1951"]


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("ông ở TP.HCM", "ông ở Thành phố Hồ Chí Minh"),
        ("ông ở TP Hồ Chí Minh", "ông ở TPHCM"),
        ("tại LHQ", "tại Liên Hiệp Quốc"),
        ("của LB Nga", "của Liên bang Nga"),
        ("quan hệ Việt – Nga", "quan hệ Việt-Nga"),
        ("tỉnh Hoà Bình", "tỉnh Hòa Bình"),
        ("Ông Nguyễn Văn An", "theo Nguyễn Văn An cho biết"),
    ],
)
def test_names_up_to_spelling(statement: str, quote: str) -> None:
    assert missing_facts(statement, [quote]) == []


def test_a_name_not_in_the_quote_is_missing() -> None:
    assert missing_facts("do ông Lê Minh Tú chủ trì", ["do ông Lê Minh Tâm chủ trì"]) == [
        "Lê Minh Tú"
    ]
    assert missing_facts("Paris", ["tại Hà Nội"]) == ["Paris"]


def test_a_common_word_that_opens_a_sentence_is_no_name() -> None:
    assert [name.keys for name in names("Theo báo cáo, trời mưa. Trong ngày, đường trơn.")] == []


@given(st.text(max_size=120))
def test_a_text_supports_itself(text: str) -> None:
    assert missing_facts(text, [text]) == []


def test_a_number_behind_a_month_is_no_year_of_it() -> None:
    assert dates("tháng Ba 1200 công nhân")[0][2:] == (None, 3, None)


def test_many_scales_in_a_row_do_no_harm() -> None:
    assert numbers("tỷ " * 3_000) == []
    assert max(values("một " + "tỷ " * 3_000)[0]) < 10**30


def test_many_spaces_in_a_row_do_no_harm() -> None:
    spaces = " " * 300_000
    assert [date[2:] for date in dates(f"làm{spaces}tháng 5{spaces}x")] == [(None, 5, None)]
    assert [name.keys for name in names(f"An{spaces}+{spaces}Ba")] == [("an",), ("ba",)]
    assert names(f"An{spaces}Ba")[0].run_end(f"An{spaces}Ba") == len(spaces) + 4
