"""The tiny project with people: an officer in each grid, two workplaces with members, a team; with the users of `tests.people`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from geogrid.scheme_people import Emergency, OrganisationKind, StaffKind
from geogrid.scheme_values import Text
from geogrid.store import write_project
from tests.people import USERS, add
from tests.tiny import EAST, SCRIPT, WEST, tiny_contents, tiny_plan

GRIDS = (WEST + "001", WEST + "002", EAST + "001", EAST + "002")
OFFICERS = tuple(f"g{i}" for i in range(1, 5))


def town_tables() -> dict[str, pd.DataFrame]:
    staff = [(officer, f"网格员000{i}", "full_time", f"0000000000{i}") for i, officer in enumerate(OFFICERS, 1)]
    staff += [(f"m{i}", SCRIPT if i == 3 else f"下沉党员000{i}", "sent_member", f"0000000001{i}") for i in range(1, 4)]
    works = [(officer, "unit", grid) for officer, grid in zip(OFFICERS, GRIDS, strict=True)]
    works += [("m1", "workplace", "W1"), ("m2", "workplace", "W1"), ("m3", "workplace", "W2")]
    return {
        "staff": pd.DataFrame(staff, columns=["id", "name", "kind", "phone"]).assign(duties=""),
        "organisations": pd.DataFrame([("T1", "先锋队一", "vanguard")], columns=["id", "name", "kind"]).assign(parent="", valid_from="", valid_to=""),
        "memberships": pd.DataFrame(works, columns=["member", "target_kind", "target"]).assign(post="", valid_from="", valid_to=""),
        "workplaces": pd.DataFrame([("W1", "单位一"), ("W2", "单位二")], columns=["id", "name"]),
        "overlays": pd.DataFrame(
            [("given", "防汛一", "real", "add", "W1", "unit", WEST, "", "2026-02-01", "2026-02-10")],
            columns=["id", "name", "kind", "action", "member", "target_kind", "target", "post", "valid_from", "valid_to"],
        ),
    }


@cache
def _town(with_users: bool) -> bytes:
    contents, plan = tiny_contents(), tiny_plan()
    officer = StaffKind(Text("专职网格员", "full-time officer"), "grid", 1, 1, Text("网格长", "grid head"))
    kinds = {"full_time": officer, "sent_member": StaffKind(Text("下沉党员", "party member"))}
    team = OrganisationKind(Text("先锋队", "vanguard team"), of="community")
    scheme = replace(plan.scheme, staff=kinds, organisations={"vanguard": team}, emergency=Emergency("community", ("grid",)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "town.gpkg"
        write_project(replace(contents, plan=replace(plan, scheme=scheme), tables=town_tables()), path)
        for name, (role, scope) in USERS.items() if with_users else ():
            add(path, name, role, scope)
        return path.read_bytes()


def town_project(folder: Path, *, with_users: bool = False) -> Path:
    path = folder / "town.gpkg"
    path.write_bytes(_town(with_users))
    return path
