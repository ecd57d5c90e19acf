"""Who is responsible, and what is missing: every unit resolves to a person, a post and a duty, or is told among the gaps."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.organisation.duties import FACTS, GAP_COLUMNS, Duties, find_gaps
from geogrid.organisation.duties_found import find_no_staff
from geogrid.scheme import Scheme, parse_scheme

LEVELS = """
name = "x"
[[levels]]
id = "community"
make = "given"
[[levels]]
id = "grid"
make = "bounds"
households = [1, 9]
[[levels]]
id = "stairwell"
name = { zh = "单元", en = "stairwell" }
make = "entrance"
"""
RULES = """
[staff.full_time]
name = { zh = "专职网格员", en = "full-time officer" }
per = "grid"
most = 1
[staff.volunteer]
name = "志愿者"
per = "stairwell"
[staff.shop]
name = "商超网格员"
"""
PLAIN, RULED = parse_scheme(LEVELS, "plain"), parse_scheme(LEVELS + RULES, "ruled")
COLUMNS = ["level", "code", "staff", "name", "kind", "post", "duties", "phone", "via", "target", "overlay"]


def moment(*lines: tuple[str, ...]) -> SimpleNamespace:
    """Posts of (level, code, staff, kind, post, duties) and, where it is not the unit itself, (via, target), and the overlay."""
    rows = []
    for level, code, staff, kind, post, duties, *more in lines:
        via, target, overlay = (*more, *("unit", code, "")[len(more) :])
        rows.append((level, code, staff, f"网格员{staff}", kind, post, duties, "00000000001", via, target, overlay))
    return SimpleNamespace(has_staff=bool(lines), posts=pd.DataFrame(rows, columns=COLUMNS, dtype=object))


def units(**codes: str) -> dict[str, pd.DataFrame]:
    """Units of each level by their codes, "-" before a retired one."""
    out = {}
    for level, listed in codes.items():
        names = listed.split()
        ends = ["2026-01-01" if name.startswith("-") else "" for name in names]
        out[level] = pd.DataFrame({"valid_to": ends}, index=pd.Index([name.lstrip("-") for name in names], name="code"))
    return out


def told(gaps: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(gaps.itertuples(index=False, name=None))


def test_one_full_time_officer_a_grid_is_neither_none_nor_two():
    now = moment(("grid", "g1", "1", "full_time", "网格长", "巡查"), ("grid", "g3", "2", "full_time", "网格长", "巡查"))
    now.posts = pd.concat([now.posts, moment(("grid", "g3", "3", "专职网格员", "网格长", "巡查")).posts], ignore_index=True)
    found = find_gaps(now, RULED, units(grid="g1 g2 g3 -g4"))
    assert told(found) == [("grid", "g2", "full_time", "person", 1, 0), ("grid", "g3", "full_time", "number", 1, 2)]


def test_a_post_or_a_duty_that_nobody_named_is_a_gap_of_the_people_who_lack_it():
    now = moment(
        ("grid", "g1", "1", "full_time", "", "巡查"), ("grid", "g1", "2", "shop", "联络员", ""), ("grid", "g1", "3", "shop", "联络员", "上报")
    )
    found = find_gaps(now, RULED, units(grid="g1"))
    assert told(found) == [("grid", "g1", "full_time", "post", 1, 0), ("grid", "g1", "shop", "duty", 2, 1)]


def test_without_a_rule_every_unit_wants_a_person_with_a_post_and_a_duty():
    now = moment(("grid", "g1", "1", "", "网格长", "巡查"))
    found = find_gaps(now, PLAIN, units(community="c1", grid="g1 g2"))
    assert told(found) == [("community", "c1", "", "person", 1, 0), ("grid", "g2", "", "person", 1, 0)]


def test_a_project_without_people_has_no_gaps_and_no_share():
    duties = Duties(moment(), RULED)
    assert list(duties.gaps(units(grid="g1")).columns) == list(GAP_COLUMNS)
    (level,) = duties.completeness(units(grid="g1")).to_dict("records")
    assert (level["units"], level["complete"], level["asked"]) == (1, 0, False)
    assert pd.isna(level["share"])


def test_people_of_whom_none_has_a_post_leave_every_unit_without():
    idle = SimpleNamespace(has_staff=True, posts=moment().posts)
    assert told(find_gaps(idle, RULED, units(grid="g1 -g2"))) == [("grid", "g1", "full_time", "person", 1, 0)]
    assert told(find_gaps(idle, PLAIN, units(community="c1", grid=""))) == [("community", "c1", "", "person", 1, 0)]


def test_an_officer_of_a_shop_does_not_stand_for_the_grid_that_the_shop_lies_in():
    now = moment(
        ("grid", "g1", "1", "full_time", "网格长", "巡查", "site", "shop7"), ("community", "c1", "1", "full_time", "网格长", "巡查", "site", "shop7")
    )
    assert told(find_gaps(now, RULED, units(grid="g1"))) == [("grid", "g1", "full_time", "person", 1, 0)]
    codes = {"community": "c1", "grid": "g1", "stairwell": None}
    assert Duties(now, RULED).responsible(codes) == []
    (near,) = Duties(now, RULED).responsible(codes, [("site", "shop7")])
    assert (near["level"], near["unit"], near["staff"], tuple(near)) == ("grid", "g1", "1", FACTS)


def test_who_was_put_onto_an_entrance_stands_for_the_stairwell_that_it_is():
    now = moment(
        ("stairwell", "s1", "1", "volunteer", "门长", "包联", "entrance", "B1-1"),
        ("grid", "g1", "1", "volunteer", "门长", "包联", "entrance", "B1-1"),
    )
    duties = Duties(now, RULED)
    assert told(duties.gaps(units(stairwell="s1 s2"))) == [("stairwell", "s2", "volunteer", "person", 1, 0)]
    assert [line["unit"] for line in duties.responsible({"grid": "g1", "stairwell": "s1"}, [("entrance", "B1-1")])] == ["s1"]


def test_the_lowest_unit_answers_first_and_an_overlay_is_named():
    now = moment(
        ("community", "c1", "9", "shop", "书记", "统筹"),
        ("stairwell", "s1", "2", "volunteer", "门长", "包联"),
        ("grid", "g1", "1", "full_time", "网格长", "巡查", "unit", "g1", "drill-1"),
        ("community", "c1", "5", "shop", "队员", "值守", "workplace", "W1", "drill-1"),
        ("community", "c1", "6", "shop", "队员", "值守", "workplace", "W1"),
    )
    found = Duties(now, RULED).responsible({"community": "c1", "grid": "g1", "stairwell": "s1"})
    assert [(line["unit"], line["staff"], line["overlay"]) for line in found] == [
        ("s1", "2", None),
        ("g1", "1", "drill-1"),
        ("c1", "9", None),
        ("c1", "5", "drill-1"),
    ]


def test_a_person_with_several_posts_has_a_line_for_each_at_its_lowest_unit():
    now = moment(
        ("grid", "g1", "1", "full_time", "网格长", "巡查"),
        ("grid", "g2", "1", "full_time", "代理网格长", "巡查"),
        ("community", "c1", "1", "full_time", "联络员", "上报", "site", "shop7"),
        ("grid", "g2", "1", "full_time", "联络员", "上报", "site", "shop7"),
    )
    found = Duties(now, RULED).of_person("1")
    assert [(line["unit"], line["post"], line["via"]) for line in found] == [
        ("g1", "网格长", "unit"),
        ("g2", "代理网格长", "unit"),
        ("g2", "联络员", "site"),
    ]
    assert Duties(now, RULED).of_person("8") == []


def test_unknown_places_and_units_answer_with_nobody():
    assert Duties(moment(("grid", "g1", "1", "", "a", "b")), RULED).responsible({"grid": "g9", "community": None}, [("site", "none")]) == []
    assert Duties(moment(), RULED).responsible({}) == []


def test_a_unit_that_breaks_a_rule_is_one_finding_that_says_all_that_is_missing():
    now = moment(("grid", "g1", "1", "full_time", "", "巡查"), ("grid", "g1", "2", "full_time", "网格长", "巡查"))
    (one, two) = find_no_staff(now, RULED, units(grid="g1 g2"))
    assert (one.rule, one.level, one.units) == ("no_staff", "grid", ("g1",))
    said = "grid g1：专职网格员有 2 人，至多 1 人；1 名专职网格员没有岗位。请核对隶属关系，把多出的 1 人改派或注明止期；在隶属表中写明岗位。"
    assert one.message_zh == said
    assert two.message == "grid g2: no full-time officer, 1 wanted. To do: appoint somebody, or add the membership."
    assert find_no_staff(now, PLAIN, units(grid="g1 g2")) == []


CODES = st.sampled_from(["a", "b", "c", "d", "重名"])
LINES = st.lists(
    st.tuples(
        st.sampled_from(["community", "grid", "stairwell"]),
        CODES,
        st.sampled_from("123"),
        st.sampled_from(["full_time", "志愿者", "Shop", "guest", ""]),
        st.sampled_from(["", "长"]),
        st.sampled_from(["", "查"]),
        st.sampled_from(["unit", "entrance", "site"]),
    ),
    max_size=12,
)


def is_resolved(scheme: Scheme, lines: list[tuple[str, ...]], level: str, code: str) -> bool:
    """The same question asked of one unit, without frames."""
    words = {"full_time": "full_time", "志愿者": "volunteer", "Shop": "shop"}
    here = [(who, words.get(kind, kind), post, duty) for at, of, who, kind, post, duty, via in lines if (at, of) == (level, code)
            and (via == "unit" or (via == "entrance" and level == "stairwell"))]  # fmt: skip
    rules = {kind: rule for kind, rule in scheme.staff.items() if rule.per == level}
    counts = {kind: len({who for who, of, *_ in here if of == kind}) for kind in rules}
    numbers = all(rule.least <= counts[kind] <= (rule.most or 99) for kind, rule in rules.items()) if rules else bool(here)
    people = {(who, kind) for who, kind, *_ in here}
    whole = all(any(line[:2] == who and line[at] for line in here) for who in people for at in (2, 3))
    return numbers and whole


@settings(max_examples=25)
@given(LINES, st.sampled_from([PLAIN, RULED]), st.sets(CODES, min_size=1))
def test_every_unit_that_wants_people_resolves_or_is_among_the_gaps_and_never_both(lines, scheme, codes):
    now = moment(*((*line[:6], line[6], line[1] if line[6] == "unit" else "t1") for line in lines))
    duties, frames = Duties(now, scheme), units(community=" ".join(codes), grid=" ".join(codes), stairwell=" ".join(codes))
    gaps = duties.gaps(frames)
    lacking = set(zip(gaps["level"], gaps["code"], strict=True))
    for level in duties.asked() if lines else ():
        for code in codes:
            assert is_resolved(scheme, lines, level, code) == ((level, code) not in lacking), (level, code)
    assert not len(gaps) or set(gaps["level"]) <= set(duties.asked())
    figures = duties.completeness(frames, gaps).set_index("level")
    for level in duties.asked() if lines else ():
        assert figures.loc[level, "complete"] == len(codes) - len({code for at, code in lacking if at == level})


@settings(max_examples=8)
@given(LINES, st.randoms())
def test_the_order_of_the_rows_changes_no_gap(lines, random):
    shuffled = random.sample(lines, len(lines))
    frames = units(grid="b a", stairwell="d c")
    one, two = (find_gaps(moment(*((*line[:6], line[6], line[1]) for line in each)), RULED, frames) for each in (lines, shuffled))
    pd.testing.assert_frame_equal(one, two)
