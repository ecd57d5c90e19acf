"""A table of households, door by door: those of each entrance on its floors from the ground up, and one behind the gate of a yard."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ("id", "building", "entrance", "floor", "door")


def door_by_door(buildings: pd.DataFrame, entrances: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each household (`COLUMNS`), in order of building, entrance, floor and door.

    `buildings`: `id households`, `entrances`: `id building floors households`. Floors hold equally many, the top one what is left. Households of a
    building that its entrances do not tell of live on the first floor, without an entrance.
    """
    told = entrances.groupby("building")["households"].sum()
    left = buildings["households"].to_numpy(float) - told.reindex(buildings["id"]).fillna(0).to_numpy(float)
    yards = pd.DataFrame({"id": "", "building": buildings["id"].to_numpy(), "floors": 1, "households": np.maximum(left, 0)})
    groups = pd.concat([entrances[["id", "building", "floors", "households"]], yards], ignore_index=True).sort_values(
        ["building", "id"], kind="stable"
    )
    n = groups["households"].fillna(0).to_numpy(np.int64)
    of = np.repeat(np.arange(len(groups)), n)
    k = np.arange(len(of)) - np.repeat(np.cumsum(n) - n, n)
    floors = np.maximum(groups["floors"].fillna(1).to_numpy(np.int64), 1)
    a_floor = np.maximum(-(-n // floors), 1)[of]
    floor, door = 1 + k // a_floor, 1 + k % a_floor
    table = pd.DataFrame({"building": groups["building"].to_numpy()[of], "entrance": groups["id"].to_numpy()[of], "floor": floor})
    table["door"] = [f"{f}{d:02d}" for f, d in zip(floor.tolist(), door.tolist(), strict=True)]
    table.insert(0, "id", np.where(table["entrance"] == "", table["building"], table["entrance"]) + "-" + table["door"])
    return table[list(COLUMNS)]
