"""The figures of stations: every part is measured, and what peers find is what is compared."""

from pathlib import Path

import numpy as np

from geogrid.bench.reach_stations import station_rows
from geogrid.bench.station_peers import allotted_by_highs
from geogrid.reach.transport import transport
from geogrid.store import open_project, write_project
from tests.tiny import tiny_contents


def test_every_part_of_the_station_report_is_measured(tmp_path: Path):
    write_project(tiny_contents(), tmp_path / "tiny.gpkg")
    with open_project(tmp_path / "tiny.gpkg") as project:
        told: list[str] = []
        rows = {row["what"]: row for row in station_rows(project, peers=False, tell=told.append)}
    assert {"nearest stations, every kind", "one station tried", "checks of every kind"} <= set(rows)
    assert all(row["cpu_s"] >= 0 for row in rows.values())
    assert any("optimal" in row.get("found", "") for row in rows.values())
    assert any("left over" in row.get("found", "") for row in rows.values())
    assert told[-1] == "new sites"


def test_a_linear_program_leaves_over_as_many_as_the_flow_does():
    pairs = np.repeat(np.arange(4), 2), np.tile([0, 1], 4), np.array([10.0, 30, 20, 5, 7, 7, 90, 1])
    households, capacity = np.array([5.0, 5, 5, 5]), np.array([6.0, 7])
    peer = allotted_by_highs(pairs, households, capacity, 10.0)
    assert peer.found == households.sum() - transport(*pairs, households, capacity).sum() == 7
