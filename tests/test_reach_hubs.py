"""A hub and its spokes: each community walks to the hub of its own street, and a nearer one of another street is told."""

import numpy as np
import pandas as pd

from geogrid.reach.hubs import hubs

SPOKES = pd.DataFrame({"code": ["a1", "a2", "b1"], "parent": ["a", "a", "b"], "x": [0.0, 900.0, 2000.0], "y": [0.0, 0.0, 0.0]})


def centres(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["id", "parent", "x"]).assign(y=0.0)


def straight(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.hypot(*(a[:, None, :] - b[None, :, :]).transpose(2, 0, 1))


def test_each_spoke_goes_to_the_nearest_hub_of_its_street():
    found = hubs(SPOKES, centres(("A", "a", 100.0), ("A2", "a", 800.0), ("B", "b", 2500.0)), straight)
    assert found["hub"].tolist() == ["A", "A2", "B"]
    assert found["walk_m"].tolist() == [100, 100, 500]
    assert found["nearer"].tolist() == ["", "", ""]


def test_a_nearer_hub_of_another_street_is_told():
    found = hubs(SPOKES, centres(("A", "a", 0.0), ("B", "b", 1000.0)), straight).set_index("code")
    assert found.loc["a2", ["hub", "walk_m", "nearer", "nearer_m"]].tolist() == ["A", 900, "B", 100]
    assert np.isnan(found.loc["a1", "nearer_m"])


def test_a_street_without_a_hub_has_none_but_its_neighbours():
    found = hubs(SPOKES, centres(("A", "a", 0.0)), straight).set_index("code")
    assert found.loc["b1", ["hub", "nearer", "nearer_m"]].tolist() == ["", "A", 2000]
    assert np.isnan(found.loc["b1", "walk_m"])


def test_where_no_path_leads_there_is_no_hub():
    found = hubs(SPOKES, centres(("A", "a", 0.0)), lambda a, b: np.full((len(a), len(b)), np.inf))
    assert found["hub"].tolist() == ["", "", ""]


def test_without_hubs_or_without_spokes_there_is_nothing_to_walk():
    assert hubs(SPOKES, centres(), straight)["hub"].tolist() == ["", "", ""]
    assert hubs(SPOKES.iloc[:0], centres(("A", "a", 0.0)), straight).empty
