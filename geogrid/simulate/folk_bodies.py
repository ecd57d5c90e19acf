"""Organisations: each belongs to a place and stands under the body of the place around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geogrid.simulate.folk_figures import DISTRICT, Bodies
from geogrid.simulate.folk_places import Places, neighbour, spread, target_word

COLUMNS = ("id", "name", "kind", "parent", "valid_from", "valid_to", "of", "place")


def found_bodies(figures: Sequence[Bodies], places: Places, rng: np.random.Generator) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Return organisations (`COLUMNS`; `of` and `place` say where each belongs: the word and the position) and their memberships."""
    rows: list[dict[str, object]] = []
    members: list[dict[str, str]] = []
    for figure in figures:
        fresh = _of_kind(figure, places, rows, rng)
        rows += fresh
        if figure.of != DISTRICT:
            ids = places.of(figure.of)["id"].tolist()
            members += [_member(row["id"], figure, ids[row["place"]]) for row in fresh]
            members += _spanning(figure, fresh, places)
    return pd.DataFrame(rows, columns=list(COLUMNS)), members


def _of_kind(figure: Bodies, places: Places, rows: list[dict[str, object]], rng: np.random.Generator) -> list[dict[str, object]]:
    first = len(rows) + 1
    if figure.of == DISTRICT:
        wanted = places.scaled(figure.n or 1, figure.out_of, 0)
        return [_row(first + i, figure, figure.name.format(place="", i=i + 1), "", -1) for i in range(wanted)]
    here = places.of(figure.of)
    heads = _heads(figure, rows, places, here)
    taken = {row["place"] for row in rows if row["of"] == figure.of and row["kind"] in figure.beside}
    free = np.array([i for i, head in enumerate(heads) if i not in taken and (head or not any(heads))], dtype=np.int64)
    wanted = _wanted(figure, places, len(here), len(free))
    is_even = figure.evenly and 0 < wanted <= len(free)
    rows_of_free = (np.arange(wanted) * 2 + 1) * len(free) // (2 * wanted) if is_even else spread(here.iloc[free], wanted, rng)
    chosen = free[rows_of_free]
    names = here["name"].tolist()
    return [
        _row(first + i, figure, figure.name.format(place=names[place], i=i + 1), heads[place], int(place)) for i, place in enumerate(chosen.tolist())
    ]


def _wanted(figure: Bodies, places: Places, here_n: int, free_n: int) -> int:
    if figure.n is not None:
        return places.scaled(figure.n, figure.out_of, here_n)
    return max(free_n - places.scaled(figure.leave, figure.out_of, here_n), 0)


def _heads(figure: Bodies, rows: list[dict[str, object]], places: Places, here: pd.DataFrame) -> list[str]:
    """Return the parent body of each place: that of the first kind of `under` which it, or the place around it, has; "" for none."""
    found = [""] * len(here)
    for kind in figure.under.split():
        above = [row for row in rows if row["kind"] == kind]
        of = str(above[0]["of"]) if above else DISTRICT
        if of == DISTRICT:
            around, heads = [""] * len(here), {"": str(above[0]["id"]) if above else ""}
        else:
            around = (here["id"] if of == figure.of else here[of]).tolist() if of == figure.of or of in here else [None] * len(here)
            ids = places.of(of)["id"].tolist()
            heads = {ids[int(str(row["place"]))]: str(row["id"]) for row in reversed(above)}
        found = [old or heads.get(at, "") for old, at in zip(found, around, strict=True)]
    return found


def _row(serial: int, figure: Bodies, name: str, parent: str, place: int) -> dict[str, object]:
    since, until = figure.valid
    return dict(zip(COLUMNS, (f"O{serial:05d}", name, figure.kind, parent, since, until, figure.of, place), strict=True))


def _member(member: object, figure: Bodies, target: str) -> dict[str, str]:
    since, until = figure.valid
    return {"member": str(member), "target_kind": target_word(figure.of), "target": target, "post": "", "valid_from": since, "valid_to": until}


def _spanning(figure: Bodies, fresh: list[dict[str, object]], places: Places) -> list[dict[str, str]]:
    """Return second memberships, in the nearest place under the same parent, of as many as the figure says."""
    if not figure.spans or figure.of not in places.levels[1:]:
        return []
    here, above = places.of(figure.of), places.levels[places.levels.index(figure.of) - 1]
    pairs = [(row["id"], neighbour(here, int(str(row["place"])), above)) for row in fresh]
    pairs = [(name, other) for name, other in pairs if other is not None]
    wanted = min(places.scaled(figure.spans, None, len(here)), len(pairs))
    return [_member(name, figure, here["id"].iloc[other]) for name, other in (pairs[k * len(pairs) // wanted] for k in range(wanted))]
