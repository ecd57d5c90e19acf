"""A real division beside what is said of it: Hangzhou Xiacheng."""

from __future__ import annotations

from pathlib import Path

import pytest

from geogrid.pipeline.build import build
from geogrid.report import DeclaredRow, compare_declared
from tests.shared import shared_path

RECIPE = Path(__file__).parent / "recipes" / "hangzhou_xiacheng.toml"
SAID = """
[[declared]]
item = "街道"
value = 8
[[declared]]
item = "社区"
value = 75
[[declared]]
item = "网格"
value = 297
[[declared]]
item = "辖区面积"
value = "29.62 平方公里"
[[declared]]
item = "网格面积"
value = "26.90 平方公里"
[[declared]]
item = "公共设施"
value = 753
[[declared]]
item = "网格"
value = 331
note = "pieces"
[[declared]]
item = "公共厕所"
value = "160余座"
[[declared]]
item = "户数"
value = "10万余"
[[declared]]
item = "网格党支部"
value = 297
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[DeclaredRow]:
    data = shared_path("hangzhou_xiacheng")
    folder = tmp_path_factory.mktemp("hangzhou")
    text = RECIPE.read_text("utf-8").replace("../../../shared/data/hangzhou_xiacheng", data.as_posix())
    (folder / "recipe.toml").write_text(text + SAID, "utf-8")
    with build(folder / "recipe.toml", folder / "hangzhou.gpkg") as project:
        return compare_declared(project)


def test_streets_communities_grids_facilities_and_area_hold(told):
    assert [row.verdict for row in told[:6]] == ["holds"] * 6
    assert "2.77 km²" in told[3].why, "what the README of the data calls missing"


def test_grids_in_several_pieces_are_listed_and_a_count_of_pieces_is_recognised(told):
    assert len(told[2].lists[0].cases) == 22
    assert (told[6].verdict, told[6].difference) == ("differs", -34)
    assert "seems to count pieces" in told[6].why


def test_a_lower_bound_holds_and_what_nobody_gave_can_not_be_told(told):
    assert [(row.verdict, row.computed) for row in told[7:]] == [("holds", 168), ("unknown", None), ("unknown", None)]
