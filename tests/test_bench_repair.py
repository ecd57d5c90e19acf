"""The bench of mending: one judge for all methods, on a layer whose faults are known."""

from __future__ import annotations

import json

import pytest
import shapely
from click.testing import CliRunner

from geogrid.bench.repair import judged, sown_layer
from geogrid.cli import main
from tests.lattices import coded, nine, replaced, square


def test_the_judge_counts_what_is_left_what_moved_and_who_is_lost():
    sound = coded(nine())
    reaching = coded(replaced(nine(), 4, square(10, 10, width=10.5)))
    figures = judged(sound, reaching, 0.001)
    assert (figures["overlaps"], figures["gaps"], figures["coverage_is_valid"]) == (1, 0, False)
    assert (figures["gained_m2"], figures["lost_m2"], figures["units_lost"]) == (5.0, 0.0, 0)
    without = judged(sound, coded(replaced(nine(), 4, shapely.Polygon())).iloc[[0, 1, 2, 3, 5, 6, 7, 8]], 0.001)
    assert (without["units_lost"], without["lost_m2"], without["gaps"]) == (1, 100.0, 1)


def test_faults_of_every_kind_are_sown():
    frame = sown_layer(400, 0)
    figures = judged(frame, frame, 0.001)
    assert all(figures[name] > 0 for name in ("overlaps", "gaps", "unmatched", "invalid", "in_pieces"))


@pytest.mark.filterwarnings("ignore")
def test_every_method_has_a_row_and_a_missing_peer_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geogrid.bench.repair.shutil.which", lambda _: None)
    done = CliRunner().invoke(main, ["bench", "repair", "--units", "36", "--json"])
    assert done.exit_code == 0, done.output
    rows = {row["method"]: row for row in json.loads(done.stdout)["rows"]}
    assert list(rows) == ["as it is", "geogrid repair", "geogrid repair, any overlap", "shapely.coverage_clean", "mapshaper -clean"]
    assert rows["mapshaper -clean"]["note"] == "mapshaper is not installed"
    assert rows["geogrid repair"]["units_lost"] == 0
    assert rows["geogrid repair"]["unmatched"] == rows["geogrid repair"]["invalid"] == 0
    assert rows["geogrid repair, any overlap"]["lost_m2"] >= rows["geogrid repair"]["lost_m2"]
