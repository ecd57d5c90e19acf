"""The ground of a stored project, to cut it anew: its cells and atoms, and the barriers between them from its own layers."""

from __future__ import annotations

import numpy as np

from geogrid.barriers import BARRIERS, barrier_lines
from geogrid.errors import NotFoundError
from geogrid.generate import Ground, make_mesh
from geogrid.pipeline.ground import polygons_of
from geogrid.store import Project


def ground_of(project: Project) -> Ground:
    """Return the ground of a project: what it was built from, but for given polygons, which its plan holds.

    The plan that is cut from it with the scheme's own bounds is the plan that was built.
    """
    base = project.plan().base
    frames = {}
    for role in (*BARRIERS, "compounds"):
        try:
            frames[role] = project.layer(role)
        except NotFoundError:
            continue
    lines = barrier_lines(frames, project.scheme)
    points = base.cells[["x", "y"]].to_numpy(dtype=np.float64)
    kinds = {kind: lines[kind] for kind in ("road", "main", "hard", "bridge")}
    mesh = make_mesh(base, points, kinds, polygons_of(frames.get("water")), polygons_of(frames.get("compounds")))
    return Ground(base, mesh, project.scheme, {}, name=project.name, seed=int(project.meta["seed"]))
