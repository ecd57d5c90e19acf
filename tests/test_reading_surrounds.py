"""Tables as offices hand them in: titles above the header, totals, remarks and signatures below, all told and none read as a row."""

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.errors import InputError
from geogrid.reading.layer import read_layer
from geogrid.reading.surrounds import header_at, is_beside_the_table

ROWS = [["编号", "名称", "经度", "纬度"], ["001", "潮鸣站", 120.17, 30.27], ["002", "天水站", 120.16, 30.28]]
ABOVE = [["下城区服务站点一览表（2023年）", None, None, None], [None, None, None, "单位：个"]]
BELOW = [["合 计", None, None, 2], ["填表人：张三", None, "审核人：李四", None]]


def sheet(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def comma_separated(path, rows):
    path.write_bytes("".join(",".join("" if v is None else str(v) for v in row) + "\r\n" for row in rows).encode("gb18030"))
    return path


@pytest.mark.parametrize(("write", "ending"), [(sheet, "xlsx"), (comma_separated, "csv")])
def test_a_table_between_its_title_and_its_totals_is_read_and_the_rest_told(tmp_path, write, ending):
    raw = read_layer(write(tmp_path / f"站点.{ending}", [*ABOVE, *ROWS, *BELOW]))
    assert list(raw.frame.columns) == ROWS[0]
    assert raw.frame.index.tolist() == [4, 5]
    assert raw.faults == ()
    said = " ".join(note.reason_zh for note in raw.notes)
    assert "表头取自第 3 行" in said
    assert "下城区服务站点一览表" in said
    assert "第 6, 7 行" in said
    assert "合 计" in said


def test_a_title_line_without_commas_does_not_hide_the_delimiter(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("下城区站点\n编号;名称;经度;纬度\n1;站;120.1;30.2\n", encoding="utf-8")
    assert list(read_layer(path).frame.columns) == ["编号", "名称", "经度", "纬度"]


def test_a_table_without_surrounds_says_nothing_of_them(tmp_path):
    raw = read_layer(sheet(tmp_path / "a.xlsx", ROWS))
    assert raw.notes == ()
    assert raw.frame.index.tolist() == [2, 3]


@pytest.mark.parametrize(
    "rows",
    [
        [["a", "b"], ["名称", "类型"]],  # a header as wide as what follows it
        [["code"], ["330103", "扩展"]],  # a row too long, no known heading in it
        [["站点"], ["名称", "12"]],  # a number is no heading
        [["站点"], ["名称", "名称"]],  # a header does not repeat itself
        [["code"]],
        [],
    ],
)
def test_the_first_row_stays_the_header_where_none_is_plainly_it(rows):
    assert header_at(rows) == 0


@pytest.mark.parametrize("row", [["合计路社区", None, 3], ["合计", "a", 3], [None, None, None], ["Total Station", None, None]])
def test_rows_that_only_look_like_totals_are_data(row):
    assert not is_beside_the_table(row, 3)


@given(st.lists(st.lists(st.sampled_from([None, "", "名称", "编号", "合计", "站", 1, 2.5]), max_size=5), max_size=10))
def test_the_header_is_always_one_of_the_rows_looked_at(rows):
    at = header_at(rows)
    assert at == 0 or sum(value not in (None, "") for value in rows[at]) >= 2


def test_a_sheet_of_remarks_is_passed_over_and_told(tmp_path):
    path = sheet(tmp_path / "a.xlsx", ROWS)
    book = openpyxl.load_workbook(path)
    book.active.title = "站点"
    book.create_sheet("填表说明").append(["请如实填写"])
    book.save(path)
    raw = read_layer(path)
    assert (raw.layer, [note.reason_zh for note in raw.notes]) == ("站点", ["工作表 填表说明 没有读取"])
    assert read_layer(path, layer="填表说明").layer == "填表说明"


def test_two_sheets_of_data_still_want_one_named(tmp_path):
    path = sheet(tmp_path / "a.xlsx", ROWS)
    book = openpyxl.load_workbook(path)
    book.create_sheet("2024").append(["编号"])
    book.save(path)
    with pytest.raises(InputError, match="layer"):
        read_layer(path)
