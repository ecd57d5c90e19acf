"""geogrid update: points and people of a new delivery, the plan untouched; merged or replaced, logged, all or nothing; the pages show it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geogrid.cli import main
from geogrid.errors import ConflictError
from geogrid.pipeline.merging import compared, merged
from geogrid.pipeline.update import update
from geogrid.recipe import read_recipe
from geogrid.scheme import SiteKind, Text
from geogrid.store import open_project, write_project
from geogrid.store.delivery import deliver
from tests.roster_town import A, B, members, organisations, staff
from tests.tiny import CRS, EAST, WEST, X0, Y0, tiny_contents
from web import create_app

TABLES = {
    "staff": staff(("p1", "full_time", "", "00000000001"), ("p2", "volunteer")).assign(name=["网格员0001", "网格员0002"]),
    "organisations": organisations(("o1", "branch", "")),
    "memberships": members(("p1", "unit", A), ("o1", "unit", A)),
}


def clock() -> datetime:
    return datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_project(replace(tiny_contents(), tables=TABLES), tmp_path / "tiny.gpkg")
    return tmp_path / "tiny.gpkg"


@pytest.fixture
def recipe(tmp_path: Path) -> Callable[..., Path]:
    def make(**tables: str) -> Path:
        text = 'name = "x"\nscheme = "community-grid-microgrid"\n'
        for role, csv in tables.items():
            (tmp_path / f"{role}.csv").write_text(csv, "utf-8")
            text += f'[inputs.{role}]\npath = "{role}.csv"\n'
        (tmp_path / "recipe.toml").write_text(text, "utf-8")
        return tmp_path / "recipe.toml"

    return make


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["update", *map(str, arguments)])


def stations(*rows: tuple[str, float, float]) -> str:
    to = Transformer.from_crs(CRS, 4326, always_xy=True)
    lines = ["id,kind,name,lon,lat"]
    for name, x, y in rows:
        lon, lat = to.transform(X0 + x, Y0 + y)
        lines.append(f"{name},day_care,站,{lon:.9f},{lat:.9f}")
    return "\n".join(lines)


def plan_rows(path: Path) -> list[list[tuple]]:
    with closing(sqlite3.connect(path)) as con:
        return [con.execute(f"SELECT * FROM {table}").fetchall() for table in ("plan", "unit", "assign", "edit", "cell", "atom", "snapshot")]


def test_new_stations_take_the_place_of_the_former_and_are_joined_anew(path: Path, recipe: Callable[..., Path]):
    before = plan_rows(path)
    result = run(path, recipe(stations=stations(("n1", 25, 175), ("far", 260, 100))), "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["roles"]["stations"] == {"rows": 2, "added": 2, "changed": 0, "removed": 3, "rejected": 0}
    assert plan_rows(path) == before
    with open_project(path) as project:
        sites = project.sites("stations").set_index("id")
        assert sites.loc["n1", ["community", "grid"]].tolist() == [WEST, A]
        found = project.findings()
        assert found[found["rule"] == "point_unmatched"]["units"].tolist() == [["far"]]
        assert len(found[found["rule"] == "households_below"]) == 1
        assert project.locate(0, 0)["units"] is not None


def test_a_unit_that_lacks_two_kinds_of_station_is_named_for_each(tmp_path: Path, recipe: Callable[..., Path]):
    contents, wanted = tiny_contents(), {kind: SiteKind(Text(kind, kind), "community") for kind in ("clinic", "library")}
    scheme = replace(contents.plan.scheme, stations=wanted)
    write_project(replace(contents, plan=replace(contents.plan, scheme=scheme)), tmp_path / "tiny.gpkg")
    assert run(tmp_path / "tiny.gpkg", recipe(stations=stations(("n1", 25, 175)))).exit_code == 0
    with open_project(tmp_path / "tiny.gpkg") as project:
        found = project.findings()
        missing = found[found["rule"] == "no_station"]
        assert sorted(missing["units"].map(tuple)) == [(WEST,), (WEST,), (EAST,), (EAST,)]
        assert missing["message"].nunique() == 4


def test_a_delivery_is_logged_and_the_log_stays(path: Path, recipe: Callable[..., Path]):
    assert run(path, recipe(staff="id,name\np9,网格员0009"), "--author", "folk").exit_code == 0
    with closing(sqlite3.connect(path)) as con:
        ((author, mode, body),) = con.execute("SELECT author, mode, body FROM delivery").fetchall()
        assert (author, mode, json.loads(body)) == ("folk", "replace", {"staff": {"rows": 1, "added": 1, "changed": 0, "removed": 2}})
        for statement in ("DELETE FROM delivery", "UPDATE delivery SET author = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="only appended"):
                con.execute(statement)


def test_merged_rows_keep_what_the_file_has_no_column_for(path: Path, recipe: Callable[..., Path]):
    result = run(path, recipe(staff="id,phone\np1,00000000007\np3,00000000003"), "--merge", "--json")
    assert json.loads(result.stdout)["roles"]["staff"] == {"rows": 3, "added": 1, "changed": 1, "removed": 0, "rejected": 0}
    with open_project(path) as project:
        table = project.table("staff").set_index("id")
        assert table.loc["p1", ["name", "phone"]].tolist() == ["网格员0001", "00000000007"]
        assert sorted(table.index) == ["p1", "p2", "p3"]


def test_a_trial_changes_nothing(path: Path, recipe: Callable[..., Path]):
    before = path.read_bytes()
    result = run(path, recipe(staff="id\np9"), "--dry-run")
    assert (result.exit_code, path.read_bytes() == before) == (0, True)
    assert "p9" in result.stdout


def test_what_is_delivered_twice_changes_nothing_the_second_time(path: Path, recipe: Callable[..., Path]):
    file = recipe(stations=stations(("n1", 25, 175)), staff="id,name,kind\np1,甲,x\np2,乙,")
    assert run(path, file).exit_code == 0
    told = json.loads(run(path, file, "--json").stdout)["roles"]
    assert {(role["added"], role["changed"], role["removed"]) for role in told.values()} == {(0, 0, 0)}


@pytest.mark.parametrize("role", ["buildings", "communities", "nonsense", "entrances"])
def test_buildings_and_areas_are_refused_with_what_an_update_takes(path: Path, recipe: Callable[..., Path], role: str):
    result = run(path, recipe(staff="id\np1"), "--only", role)
    assert result.exit_code == 2
    assert role in result.stderr
    assert "stations" in result.stderr


def test_roles_that_are_not_asked_for_are_left(path: Path, recipe: Callable[..., Path]):
    told = json.loads(run(path, recipe(staff="id\np1", workplaces="id,name\nw1,某局"), "--only", "workplaces", "--json").stdout)
    assert (list(told["roles"]), told["left"]) == (["workplaces"], ["staff"])
    with open_project(path) as project:
        assert "workplaces" in project.tables
        assert len(project.table("staff")) == 2


def test_a_bad_date_is_a_row_error_with_file_row_and_value(path: Path, recipe: Callable[..., Path]):
    file = recipe(memberships="member,target_kind,target,valid_from\np1,unit," + A + ",2026-02-30\np1,unit," + B + ",2026年3月1日")
    refused = run(path, file)
    assert refused.exit_code == 2
    assert all(words in refused.stderr for words in ("memberships.csv", "row 2", "2026-02-30"))
    taken = run(path, file, "--accept-rejects")
    assert taken.exit_code == 1
    with open_project(path) as project:
        assert project.table("memberships")["valid_from"].tolist() == ["2026-03-01"]
        assert project.rejected().query("role == 'memberships'")[["row", "value"]].to_numpy().tolist() == [[2, "2026-02-30"]]
        assert (project.findings()["rule"] == "row_rejected").sum() == 2  # a row of the buildings was rejected before


def test_a_plan_that_changes_meanwhile_refuses_the_delivery(path: Path, recipe: Callable[..., Path]):
    planned = update(path, read_recipe(recipe(staff="id\np9")), clock=clock, is_trial=True)
    with pytest.raises(ConflictError, match="version 0 to 1"):
        deliver(path, replace(planned.delivery, version=0), author="x", clock=clock)
    with open_project(path) as project:
        assert len(project.table("staff")) == 2


def test_what_fails_half_way_leaves_all_as_it_was(path: Path, recipe: Callable[..., Path]):
    planned = update(path, read_recipe(recipe(staff="id\np9")), clock=clock, is_trial=True)

    def broken() -> datetime:
        raise OSError("no clock")

    with pytest.raises(OSError, match="no clock"):
        deliver(path, planned.delivery, author="x", clock=broken)
    with open_project(path) as project:
        assert project.table("staff")["id"].tolist() == ["p1", "p2"]


def test_pages_show_a_delivery_at_once(path: Path, recipe: Callable[..., Path]):
    client = create_app(path, clock=clock).test_client()
    first = client.get("/api/organisations").json["organisations"]
    version = client.get("/api/version").json["etag"]
    assert run(path, recipe(organisations="id,kind\no7,branch")).exit_code == 0
    assert [one["id"] for one in first] == ["o1"]
    assert [one["id"] for one in client.get("/api/organisations").json["organisations"]] == ["o7"]
    assert client.get("/api/version").json["etag"] != version


def test_the_file_stays_a_sound_geopackage(path: Path, recipe: Callable[..., Path]):
    organised = "id,kind,lon,lat\n" + "\n".join(
        line.split(",")[0] + ",branch," + ",".join(line.split(",")[3:]) for line in stations(("n1", 25, 175)).splitlines()[1:]
    )
    assert run(path, recipe(organisations=organised, stations=stations(("n1", 25, 175)))).exit_code == 0
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        listed = {name for (name,) in con.execute("SELECT table_name FROM gpkg_contents")}
        assert {"organisations", "stations"} <= listed
        assert con.execute("SELECT count(*) FROM rtree_organisations_geom").fetchone() == (1,)
    with open_project(path) as project:
        assert project.table("organisations")["grid"].tolist() == [A]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), min_size=1),
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), min_size=1),
)
def test_merging_knows_rows_by_their_id(old: dict[str, str], new: dict[str, str]):
    before, after = (pd.DataFrame({"id": list(rows), "name": list(rows.values())}) for rows in (old, new))
    both = merged(before, after, "staff")
    assert dict(zip(both["id"], both["name"], strict=True)) == {**old, **new}
    told = compared(before, both, "staff")
    assert (set(told.added), set(told.changed), told.removed) == (
        set(new) - set(old),
        {key for key in set(new) & set(old) if new[key] != old[key]},
        (),
    )
    assert set(compared(before, after, "staff").removed) == set(old) - set(new)


def test_events_come_later_and_are_placed_by_address(path: Path, recipe: Callable[..., Path]):
    events = "id,kind,time,state,address\ne1,litter,2026-03-01 08:00,已办结,建华大街2号\ne2,litter,2026-03-02,办理中,无此地址\n"
    result = run(path, recipe(events=events), "--only", "events", "--json")
    assert result.exit_code in (0, 1), result.output
    with open_project(path) as project:
        found = project.sites("events").set_index("id")
        assert found.loc["e1", "grid"] == WEST + "001"
        assert found.loc["e2", "grid"] == ""
        assert "e2" in [code for codes in project.findings()["units"] for code in codes]


def test_a_table_without_an_id_or_a_name_of_anybody_does_not_take_the_place_of_the_register(path: Path, recipe: Callable[..., Path]):
    file = recipe(staff=f"member,target_kind,target,post\np1,unit,{A},网格长\n")
    done = CliRunner().invoke(main, ["update", str(path), str(file)])
    assert done.exit_code == 2, done.output
    assert "staff.csv" in done.stderr
    with open_project(path) as project:
        assert project.table("staff")["id"].tolist() == ["p1", "p2"]


def test_an_id_that_comes_twice_is_told_with_its_row_and_so_is_what_names_somebody_who_is_not_there(path: Path, recipe: Callable[..., Path]):
    file = recipe(staff=f"id,name,kind,unit\np2,网格员0001,full_time,{A}\np2,网格员0002,full_time,{A}\n")
    done = run(path, file, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "! staff row 3: the id 'p2' was given before" in done.output
    assert "! memberships row 1: 'p1' stands in none of the tables" in done.output
    told = json.loads(run(path, file, "--dry-run", "--json").stdout)
    assert [fault["message_zh"] for fault in told["faults"] if fault["table"] == "staff"] == ["编号“p2”重复"]


def test_a_row_never_takes_the_place_of_two_that_have_its_id(path: Path, recipe: Callable[..., Path]):
    rows = ("e1,parking,2026-02-05,closed,建华大街1号", "e1,litter,2026-03-01,open,建华大街2号", "e2,litter,2026-03-01,open,建华大街2号")
    assert run(path, recipe(events="\n".join(("id,kind,time,state,address", *rows))), "--only", "events").exit_code in (0, 1)
    done = run(path, recipe(events="id,kind,time,state,address\ne1,parking,2026-02-05,open,建华大街1号\n"), "--merge")
    assert done.exit_code == 2
    assert "2 rows of the project have the id e1" in done.stderr
    with open_project(path) as project:
        assert sorted(project.sites("events")["id"]) == ["e1", "e1", "e2"]
    assert run(path, recipe(events="id,kind,time,state,address\ne2,litter,2026-03-01,closed,建华大街2号\n"), "--merge").exit_code in (0, 1)
    with open_project(path) as project:
        assert project.sites("events").set_index("id").loc["e2", "state"] == "closed"


def test_an_address_of_nowhere_is_what_an_event_without_a_place_is_told_to_have(path: Path, recipe: Callable[..., Path]):
    run(path, recipe(events="id,kind,time,state,address\ne2,litter,2026-03-02,办理中,无此地址\n"), "--only", "events")
    with open_project(path) as project:
        found = project.findings()
        assert "无此地址" in found.loc[found["rule"] == "point_position", "message"].iloc[-1]
