"""Organisations and staff on units: the 34 grids of 2,459 that have none, and everything that can be wrong with the tables."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.report import compare_declared, find_declared
from geogrid.scheme import OrganisationKind, Text
from geogrid.store import Contents, open_project, write_project
from tests.declared_city import CRS, bodies, city, codes, declaring, grid_codes, row, rows

BAODING = [
    {"item": "社区网格", "value": "2459", "source": "全市共建立社区网格2459个"},
    {"item": "网格党支部", "level": "网格", "value": "531", "source": "成立网格党支部531个、网格党小组1894个"},
    {"item": "网格党小组", "level": "网格", "value": "1894", "source": "成立网格党支部531个、网格党小组1894个"},
]
KINDS = {"网格党支部": 531, "网格党小组": 1894}


@pytest.fixture(scope="module")
def whole() -> Contents:
    return city()


@pytest.fixture(scope="module")
def small() -> Contents:
    return city(20)


def test_of_2459_grids_with_531_and_1894_organisations_exactly_34_have_none(whole):
    organisations, memberships = bodies(grid_codes(whole), KINDS)
    contents = declaring(whole, BAODING, organisations=organisations, memberships=memberships)
    told = rows(contents)
    assert [r.verdict for r in told] == ["holds"] * 4
    last = told[-1]
    assert last.is_implied
    assert (last.computed, last.declared) == (34, "34")
    without = sorted(set(grid_codes(whole)) - set(memberships["target"]))
    assert codes(last) == without
    assert len(without) == 34
    assert "2,459 个网格减去 531 + 1,894 个组织，余 34 个" in last.why_zh
    places = whole.plan.frame("grid").geometry
    assert all(case.place.equals(places[case.code]) for case in last.lists[0].cases)


def test_the_34_grids_are_findings_at_their_places_and_a_stored_project_says_the_same(whole, tmp_path):
    organisations, memberships = bodies(grid_codes(whole), KINDS, seed=3)
    contents = declaring(whole, BAODING, organisations=organisations, memberships=memberships)
    found = find_declared(rows(contents), contents.plan.scheme)
    assert {f.rule for f in found} == {"no_organisation"}
    assert len({f.units for f in found}) == len(found) == 34
    assert all(f.geometry is not None for f in found)
    write_project(contents, tmp_path / "city.gpkg")
    with open_project(tmp_path / "city.gpkg") as project:
        assert project.tables == ["organisations", "memberships"]
        stored = compare_declared(project)
    assert [(r.verdict, r.computed, r.why, [c.code for x in r.lists for c in x.cases]) for r in stored] == [
        (r.verdict, r.computed, r.why, [c.code for x in r.lists for c in x.cases]) for r in rows(contents)
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 20), st.integers(0, 2**16), st.randoms(use_true_random=False))
def test_whoever_has_none_is_listed_however_the_rows_are_ordered(small, n, seed, random):
    organisations, memberships = bodies(grid_codes(small), {"支部": n}, seed)
    shuffled = memberships.sample(frac=1, random_state=random.randint(0, 2**31), ignore_index=True) if n else memberships
    figure = {"item": "没有党组织的网格", "value": str(20 - n)}
    contents = declaring(small, [figure], organisations=organisations, memberships=shuffled)
    (only,) = rows(contents)
    if not n:
        assert only.verdict == "unknown"
        return
    assert (only.computed, only.verdict) == (20 - n, "holds")
    assert (codes(only) if only.lists else []) == sorted(set(grid_codes(small)) - set(memberships["target"]))


def test_an_organisation_is_joined_by_membership_else_by_its_code_else_by_its_place(small):
    names = grid_codes(small)
    place = small.plan.frame("grid").geometry
    points = gpd.GeoDataFrame(
        {"id": ["a", "b", "c", "d"], "unit": [names[5], names[1], "", ""], "community": ["", "", "001", ""], "grid": ["", "", names[2], ""]},
        geometry=[None, None, shapely.centroid(place[names[2]]), None],
        crs=CRS,
    )
    memberships = pd.DataFrame({"member": ["a"], "target_kind": ["网格"], "target": [names[0]]})
    contents = declaring(small, [{"item": "组织", "level": "grid", "value": "3"}], organisations=points, memberships=memberships)
    first, implied = rows(contents)
    assert first.verdict == "holds"
    assert "(by membership 1, by a column of codes 1, by place 1)" in first.why
    assert codes(implied) == [name for name in names if name not in names[:3]]


def test_duplicates_missing_targets_and_the_unjoined_are_listed(small):
    names = grid_codes(small)
    organisations = pd.DataFrame({"id": ["a", "b", "c", "c"], "kind": "支部", "name": ["甲", "=HYPERLINK()", "", ""]})
    memberships = pd.DataFrame(
        {"member": ["a", "a", "b", "ghost"], "target_kind": "unit", "target": [names[0], names[1], "no such", names[3]]},
    )
    contents = declaring(small, [{"item": "支部", "level": "网格", "value": "4"}], organisations=organisations, memberships=memberships)
    first, implied = rows(contents)
    listed = {listing.title.en.split(":")[0]: [case.code for case in listing.cases] for listing in first.lists}
    assert listed == {
        "Naming a unit that does not exist": ["b"],
        "Joined to several units": ["a"],
        "Joined to no unit": ["c", "c"],
        "Ids that occur more than once": ["c"],
    }
    assert implied.computed == 18
    assert implied.verdict == "differs"
    assert any("ghost" in case.code for listing in implied.lists for case in listing.cases)


def test_two_organisations_on_one_grid_are_told_where_more_grids_than_expected_have_none(small):
    names = grid_codes(small)
    organisations = pd.DataFrame({"id": [f"o{i}" for i in range(10)], "kind": "支部"})
    memberships = pd.DataFrame({"member": organisations["id"], "target_kind": "unit", "target": [*names[:9], names[0]]})
    figures = [{"item": "网格", "value": "20"}, {"item": "支部", "value": "10"}]
    *_, implied = rows(declaring(small, figures, organisations=organisations, memberships=memberships))
    assert (implied.declared, implied.computed, implied.difference, implied.verdict) == ("10", 11, 1, "differs")
    assert codes(implied, 1) == [names[0]]


def test_the_coverage_of_organisations_is_a_share(small):
    organisations, memberships = bodies(grid_codes(small), {"支部": 15})
    contents = replace(small, tables={"organisations": organisations, "memberships": memberships})
    found = row(contents, item="网格党组织覆盖率", value="100%")
    assert (found.computed, found.unit, found.verdict) == (75, "%", "differs")
    assert len(codes(found)) == 5


def test_where_every_grid_has_an_organisation_nobody_is_told_to_lack_one_though_some_have_two(small):
    names = grid_codes(small)
    organisations, memberships = bodies(names, {"支部": 20})
    twice = pd.DataFrame(
        {"member": ["o0001"], "target_kind": "unit", "target": [code for code in names if code != memberships["target"].iloc[0]][:1]}
    )
    memberships = pd.concat([memberships, twice], ignore_index=True)
    figures = [{"item": "网格党组织覆盖率", "value": "100%"}]
    assert find_declared(rows(declaring(small, figures, organisations=organisations, memberships=memberships)), small.plan.scheme) == []


def test_a_kind_that_the_scheme_does_not_want_on_every_unit_implies_no_unit_without_one(small):
    organisations, memberships = bodies(grid_codes(small), {"owners": 4, "branch": 16})
    kinds = {"owners": OrganisationKind(Text("业委会", "owners")), "branch": OrganisationKind(Text("支部", "branch"), covers="grid")}
    plan = replace(small.plan, scheme=replace(small.plan.scheme, organisations=kinds))
    told = [
        rows(declaring(replace(small, plan=plan), [{"item": item, "value": value}], organisations=organisations, memberships=memberships))
        for item, value in (("业委会", "4"), ("支部", "16"))
    ]
    assert [[r.verdict for r in part] for part in told] == [["holds"], ["holds", "holds"]]


def test_units_without_an_officer_are_found_by_memberships_and_by_a_column(small):
    names = grid_codes(small)
    staff = pd.DataFrame({"id": ["p1", "p2"], "kind": "专职网格员", "unit": [names[0], ""]})
    memberships = pd.DataFrame({"member": ["p2"], "target_kind": ["grid"], "target": [names[1]]})
    contents = replace(small, tables={"staff": staff, "memberships": memberships})
    found = row(contents, item="没有网格员的网格", value="18")
    assert found.verdict == "holds"
    assert codes(found) == names[2:]
    assert row(contents, item="专职网格员", value="2").verdict == "holds"
    assert row(contents, item="网格员", value="2").verdict == "holds"


def test_memberships_in_what_is_no_unit_join_nothing(small):
    organisations = pd.DataFrame({"id": ["a"], "kind": ["支部"]})
    memberships = pd.DataFrame({"member": ["a", "a"], "target_kind": ["building", "organisation"], "target": ["001001", "001002"]})
    (only,) = rows(declaring(small, [{"item": "支部", "value": "1"}], organisations=organisations, memberships=memberships))
    assert "Joined to no unit: 1" in only.why
    assert np.isfinite(only.computed)


def test_one_figure_may_count_several_kinds(small):
    staff = pd.DataFrame({"id": ["p1", "p2", "p3"], "kind": ["专职网格员", "兼职网格员", "楼长"]})
    contents = replace(small, tables={"staff": staff})
    found = row(contents, item="网格员", kind="专职网格员、兼职网格员", value="2")
    assert (found.computed, found.verdict) == (2, "holds")
    unknown = row(contents, item="网格员", kind="专职网格员、店长", value="2")
    assert unknown.computed is None
    assert "店长" in unknown.why_zh
