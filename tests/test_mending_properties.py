"""What mending promises, over coverages with faults of every kind sown into them at random."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.enclosure import is_sliver
from geogrid.mending import Repair, repair_layer
from tests.faulty import FORMS, METRIC, sown

LIMIT_M = 1.0
PARTITION = ("overlap", "gap", "outside_parent")
few = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
scenes = st.tuples(st.integers(0, 10**6), st.sampled_from(FORMS), st.integers(2, 4), st.integers(2, 4), st.integers(0, 5))


def wkb(frame: gpd.GeoDataFrame) -> list[bytes]:
    return shapely.to_wkb(frame.geometry.to_numpy()).tolist()


def mend(frame: gpd.GeoDataFrame, parent: gpd.GeoSeries | None) -> Repair:
    return repair_layer(frame, parent=parent, max_gap_m=LIMIT_M, max_overlap_m=LIMIT_M)


def assert_rest_is_listed(done: Repair) -> None:
    """What is still wrong is wider than the limit, or among the undecided; nothing else is wrong."""
    slack = max(done.tolerance_m, 0.001) * 3
    undecided = done.undecided.to_crs(METRIC)
    folded = set(undecided["units"][undecided["rule"] == "geometry_invalid"].explode())
    for finding in done.left.itertuples():
        if folded.intersection(finding.units):
            continue  # a ring with two readings stays as it is, and what touches it
        if finding.rule in PARTITION:
            shape = gpd.GeoSeries([finding.geometry], crs=done.left.crs).to_crs(METRIC).iloc[0]
            listed = undecided.geometry[(undecided["rule"] == finding.rule)].buffer(slack)
            wide = not is_sliver(np.array([shape], dtype=object), LIMIT_M - slack)[0]
            assert wide or listed.intersects(shape).any(), (finding.rule, finding.units, finding.area_m2)
        else:
            assert finding.rule in ("not_connected", "sliver"), (finding.rule, finding.message)


def assert_wide_is_as_it_was(before: gpd.GeoDataFrame, done: Repair) -> None:
    """Undecided land has exactly the claimants that it had."""
    for piece in done.undecided[done.undecided["rule"] == "overlap"].itertuples():
        inner = gpd.GeoSeries([piece.geometry], crs=before.crs).to_crs(METRIC).buffer(-0.05).iloc[0]
        for code in piece.units:
            kept = done.frame.loc[before["code"] == code].to_crs(METRIC).geometry.iloc[0]
            assert inner.difference(kept).area < 1e-3


@few
@given(scenes, st.booleans())
def test_mending_keeps_its_promises(scene: tuple, with_parent: bool):
    frame, outline, touched = sown(*scene)
    parent = outline if with_parent else None
    before = wkb(frame)
    done = mend(frame, parent)
    assert wkb(frame) == before
    pd.testing.assert_frame_equal(pd.DataFrame(done.frame.drop(columns="geometry")), pd.DataFrame(frame.drop(columns="geometry")))
    assert done.frame.crs == frame.crs
    folded = set(done.undecided["units"][done.undecided["rule"] == "geometry_invalid"].explode())
    assert set(done.frame["code"][~done.frame.is_valid]) == folded
    assert not done.frame.geometry.is_empty.any()
    assert_rest_is_listed(done)
    assert_wide_is_as_it_was(frame, done)
    assert (done.report["lost_m2"] <= done.report["bound_m2"] + 1e-6).all()
    near = set(shapely.STRtree(frame.geometry.to_numpy()).query(frame.geometry.to_numpy()[sorted(touched)], "dwithin", distance=5e-5)[1].tolist())
    if frame.crs.is_projected:
        near = set(shapely.STRtree(frame.geometry.to_numpy()).query(frame.geometry.to_numpy()[sorted(touched)], "dwithin", distance=5.0)[1].tolist())
    far = [row for row in range(len(frame)) if row not in near]
    assert [wkb(done.frame)[row] for row in far] == [before[row] for row in far]


@few
@given(scenes, st.booleans())
def test_mending_what_is_mended_changes_nothing(scene: tuple, with_parent: bool):
    frame, outline, _ = sown(*scene)
    parent = outline if with_parent else None
    once = mend(frame, parent)
    twice = mend(once.frame, parent)
    assert wkb(twice.frame) == wkb(once.frame)
    assert twice.mended.empty
    assert twice.left["message"].tolist() == once.left["message"].tolist()


@few
@given(scenes, st.integers(0, 100))
def test_the_order_of_rows_has_no_influence(scene: tuple, seed: int):
    frame, outline, _ = sown(*scene)
    done = mend(frame, outline)
    mixed = mend(frame.sample(frac=1, random_state=seed), outline)
    assert wkb(mixed.frame.sort_values("code")) == wkb(done.frame)
    assert mixed.mended["message"].tolist() == done.mended["message"].tolist()


@few
@given(scenes)
def test_what_is_whole_stays_untouched(scene: tuple):
    seed, form, columns, rows, _ = scene
    frame, outline, _ = sown(seed, form, columns, rows, 0)
    done = mend(frame, outline)
    assert done.frame is frame
    assert done.mended.empty
    assert done.undecided.empty
    assert not done.report["changed"].any()
    assert done.report["area_after_m2"].to_numpy() == pytest.approx(done.report["area_before_m2"].to_numpy())
