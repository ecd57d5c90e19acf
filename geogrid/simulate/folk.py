"""The simulated people of a district: pure, from places and figures to the tables that an office would hand over."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geogrid.simulate.folk_bodies import found_bodies
from geogrid.simulate.folk_events import happen
from geogrid.simulate.folk_figures import Folk
from geogrid.simulate.folk_people import MEMBERS, OVERLAYS, STAFF, call_up, employ, hire
from geogrid.simulate.folk_places import Places

ORGANISATIONS = ("id", "name", "kind", "parent", "valid_from", "valid_to")


def make_folk(folk: Folk, places: Places, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return staff, organisations, memberships, workplaces, overlays and events by role; those of which there are none are left out.

    Events have `x`, `y` in metres, as the places have. The same places, figures and random numbers give the same tables.
    """
    bodies, of_bodies = found_bodies(folk.bodies, places, rng)
    workplaces, of_work = employ(folk.workplaces, places)
    staff, of_staff = hire(folk.people, places, workplaces, bodies, rng)
    members = [*of_bodies, *of_work, *of_staff]
    overlays = [line for figure in folk.sent for line in call_up(figure, places, staff, members, workplaces, bodies)]
    tables = {
        "staff": pd.DataFrame(staff, columns=list(STAFF)),
        "organisations": bodies[list(ORGANISATIONS)],
        "memberships": pd.DataFrame(members, columns=list(MEMBERS)),
        "workplaces": workplaces[["id", "name"]],
        "overlays": pd.DataFrame(overlays, columns=list(OVERLAYS)),
        "events": happen(folk.reports, places, rng),
    }
    return {role: table for role, table in tables.items() if len(table)}
