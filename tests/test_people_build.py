"""People in a build: units that lack what the scheme wants are findings, as of the day; officers of a stairwell and a shop are found there."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd

from geogrid import build
from geogrid.pipeline.lookup import lookup_of, parse_when
from tests.world import EAST, SCHEME, SCRIPT, WEST, Frames, points, quarter, write
from tests.world import frame as layer

RULES = """
[staff.full_time]
name = { zh = "专职网格员", en = "full-time officer" }
per = "community"
most = 1
post = "网格长"
duties = ["巡查"]
[severity]
no_staff = "error"
"""


def town() -> Frames:
    """The quarter with entrances and four people: two in the west, one of them until May, one at a stairwell, one at a shop."""
    doors = layer({"id": ["d1"], "building": ["楼01"], "address": ["建国路1号楼1单元"]}, points([(42, 25)]))
    staff = pd.DataFrame({"编号": ["P1", "P2", "P3", "P4"], "姓名": ["网格员0001", "网格员0002", SCRIPT, "店员0001"],
                          "kind": ["专职网格员", "full_time", "head", "shop"], "电话": ["00000000001", "", "", ""]})  # fmt: skip
    rows = [
        ("P1", "单元", WEST, "", "2026-05-31"),
        ("P2", "", WEST, "", ""),
        ("P3", "entrance", "d1", "门长", ""),
        ("P4", "site", "s1", "联络员", ""),
    ]
    memberships = pd.DataFrame(rows, columns=["member", "target_kind", "target", "post", "valid_to"])
    return quarter() | {"entrances": doors, "staff": staff, "memberships": memberships}


def findings(project) -> list[tuple[str, str, str]]:
    found = project.findings()
    found = found[found["rule"] == "no_staff"]
    return list(zip(found["severity"], [codes[0] for codes in found["units"]], found["message_zh"], strict=True))


def test_who_lacks_an_officer_is_a_finding_as_of_the_day_of_the_build(tmp_path: Path):
    recipe = write(tmp_path, town(), scheme=SCHEME + RULES, staff="csv", memberships="csv")
    with build(recipe, tmp_path / "one.gpkg", today=datetime.date(2026, 3, 1)) as project:
        assert findings(project) == [
            ("error", WEST, f"社区 {WEST}：专职网格员有 2 人，至多 1 人。请核对隶属关系，把多出的 1 人改派或注明止期。"),
            ("error", EAST, f"社区 {EAST}：没有专职网格员，应有 1 人。请配备人员，或补上隶属关系。"),
        ]
        assert (project.validate()["rule"] == "no_staff").sum() == 2
        when = parse_when("2026-03-01", lambda: datetime.datetime.now(datetime.UTC))
        answer = lookup_of(project).of_address("建国路1号楼1单元", when=when)
        assert [(line["staff"], line["post"], line["duties"]) for line in answer["responsible"]] == [
            ("P3", "门长", None),
            ("P1", "网格长", "巡查"),
            ("P2", "网格长", "巡查"),
        ]
        station = lookup_of(project).of_address("日间照料", when=when)["responsible"]
        assert station[0]["staff"] == "P4"
    with build(recipe, tmp_path / "undated.gpkg") as undated:
        assert [code for _, code, _ in findings(undated)] == [EAST]


def test_a_scheme_without_rules_finds_nothing_missing(tmp_path: Path):
    recipe = write(tmp_path, town(), staff="csv", memberships="csv")
    with build(recipe, tmp_path / "out.gpkg", today=datetime.date(2026, 3, 1)) as project:
        assert findings(project) == []
