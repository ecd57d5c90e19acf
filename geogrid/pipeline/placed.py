"""Events that were delivered with an address instead of a place: they happened at the building or entrance that bears it.

An address that names none, or could be several, places nothing: such an event has no unit and is told as a finding, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.store.addresses import AddressBook


def placed_events(frames: Mapping[str, pd.DataFrame], crs: object) -> dict[str, pd.DataFrame]:
    """Return the frames (by role) with a geometry for each event whose place or address is known; others have none. Other roles stay as they are."""
    if "events" not in frames:
        return dict(frames)
    events = frames["events"]
    shapes = events.geometry.to_numpy().copy() if isinstance(events, gpd.GeoDataFrame) else np.full(len(events), None, dtype=object)
    lost = np.flatnonzero(shapely.is_missing(shapes))
    if len(lost) and "address" in events:
        book = AddressBook(_points(frames.get("buildings")), _points(frames.get("entrances")), None)
        texts = events["address"].fillna("").astype(str).to_numpy()
        known = {text: book.find(text, 2) if text and len(book) else [] for text in set(texts[lost].tolist())}
        for row in lost.tolist():
            found = known[texts[row]]
            shapes[row] = shapely.Point(found[0].x, found[0].y) if len(found) == 1 else None
    plain = pd.DataFrame(events.drop(columns="geometry", errors="ignore"))
    return {**frames, "events": gpd.GeoDataFrame(plain, geometry=gpd.GeoSeries(shapes, index=plain.index, crs=crs), crs=crs)}


def _points(frame: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    return frame if isinstance(frame, gpd.GeoDataFrame) else None
