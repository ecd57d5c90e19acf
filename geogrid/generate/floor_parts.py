"""Floors of more households than a unit may hold, in parts: by door numbers where they are known, else evenly where the level asks for it.

A part has no more households than the bounds are wide, so that a row of parts can be cut within the bounds wherever their total can be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geogrid.generate.base import with_codes
from geogrid.generate.doors import atoms_of
from geogrid.plan import Base
from geogrid.scheme import Level

NONE = -1


@dataclass(frozen=True, eq=False)
class Division:
    """A base whose full atoms are divided: `of` int (atoms,), the row that each atom had before; `centres` int (atoms,), its centre households."""

    base: Base
    of: np.ndarray
    centres: np.ndarray


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Parts of the atoms that are divided, those of an atom in order: the atom's row, households, persons (NONE: not known), centres; int (p,)."""

    row: np.ndarray
    households: np.ndarray
    persons: np.ndarray
    centres: np.ndarray


def divide_floors(base: Base, doors: pd.DataFrame | None, level: Level) -> Division:
    """Divide the atoms of an undivided base that are too full for `level`; of a level made by seeds, also those with several centre households."""
    atoms = base.atoms
    households = atoms["households"].to_numpy()
    centres = np.zeros(len(atoms), dtype=np.int64)
    lower, upper = level.households or (1, max(1, int(households.max(initial=0))))
    heavy, most, made = households > upper, upper - lower + 1, []
    if doors is not None and len(doors):
        at = atoms_of(doors, atoms)
        centres = np.bincount(at[doors["centre"].to_numpy() & (at >= 0)], minlength=len(atoms)).astype(np.int64)
        made.append(_by_doors(doors, at, heavy | (centres > 1) if level.make == "seeds" else heavy, households, most))
    if level.split_floors:
        rows = np.setdiff1d(np.flatnonzero(heavy), made[0].row if made else [])
        made.append(_evenly(rows, households, centres, most))
    pieces = [np.concatenate([getattr(m, name) for m in made]) for name in ("row", "households", "persons", "centres")] if made else []
    return _divided(base, _Pieces(*pieces), centres) if pieces else Division(base, np.arange(len(atoms)), centres)


def divide_at(base: Base, row: np.ndarray, households: np.ndarray) -> Division:
    """Divide atoms into parts of given households: `row` int (p,) of the atom, `households` int (p,), which add up to the atom's."""
    none = np.zeros_like(row)
    return _divided(base, _Pieces(row, households, none + NONE, none), np.zeros(len(base.atoms), dtype=np.int64))


def _evenly(rows: np.ndarray, households: np.ndarray, centres: np.ndarray, most: int) -> _Pieces:
    """As few parts as do not exceed `most`, as even as can be in households and in centres."""
    n = -(-households[rows] // most)
    row = np.repeat(rows, n)
    k = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
    h, m = households[row], np.repeat(n, n)
    even = [(k + 1) * total // m - k * total // m for total in (h, centres[row])]
    return _Pieces(row, even[0], np.full(len(row), NONE), even[1])


def _by_doors(doors: pd.DataFrame, at: np.ndarray, wanted: np.ndarray, households: np.ndarray, most: int) -> _Pieces:
    """Runs of whole doors, of the wanted atoms all of whose households' doors are known; centre households lie in parts of their own."""
    known = (at >= 0) & (doors["door"].to_numpy() != "")
    full = wanted & (np.bincount(at[known], minlength=len(households)) == households) & (households > 1)
    rows = np.flatnonzero(known & full[at])
    rows = rows[np.argsort(at[rows], kind="stable")]
    a, door = at[rows], doors["door"].to_numpy(dtype=str)[rows]
    centre, persons = doors["centre"].to_numpy()[rows], doors["persons"].to_numpy()[rows]
    start = _last_true(_changes(a))
    lead = _last_true(_changes(a) | _changes(door))  # a door goes where its first household does
    k, h, met = np.arange(len(a)) - start, households[a], np.cumsum(centre)
    nth = np.maximum(met - (met - centre)[start], 1)
    first_in_door = (k * -(-h // most) // h)[lead]
    cut = np.flatnonzero(_changes(a) | _changes(first_in_door) | _changes(nth[_ends(lead)]))
    part = np.repeat(np.arange(len(cut)), np.diff(np.r_[cut, len(a)]))
    sums = [np.bincount(part, values, minlength=len(cut)).astype(np.int64) for values in (np.ones(len(a)), persons, centre)]
    return _Pieces(a[cut], *sums)


def _changes(values: np.ndarray) -> np.ndarray:
    """Tell where a run of equal values begins."""
    return np.r_[True, values[1:] != values[:-1]][: len(values)]


def _last_true(begins: np.ndarray) -> np.ndarray:
    """Position where each one's run began."""
    return np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))


def _ends(lead: np.ndarray) -> np.ndarray:
    """Position where each one's run ends, of the positions where they began."""
    cut = np.flatnonzero(_changes(lead))
    size = np.diff(np.r_[cut, len(lead)])
    return np.repeat(cut + size - 1, size)


def _divided(base: Base, pieces: _Pieces, centres: np.ndarray) -> Division:
    """Put the pieces in the place of their atoms, numbered 1, 2, …; persons that are not known, or not all, are shared by households."""
    n = np.maximum(np.bincount(pieces.row, minlength=len(base.atoms)), 1)
    of = np.repeat(np.arange(len(base.atoms)), n)
    if len(of) == len(base.atoms):
        return Division(base, of, centres)
    order = np.argsort(pieces.row, kind="stable")
    fresh = np.zeros(len(base.atoms), dtype=bool)
    fresh[pieces.row] = True
    fresh = fresh[of]
    first = np.repeat(np.cumsum(n) - n, n)
    whole = base.atoms.iloc[of].reset_index(drop=True)
    total, persons = whole["households"].to_numpy(), whole["persons"].to_numpy().copy()
    households, own = total.copy(), centres[of]
    households[fresh], own[fresh] = pieces.households[order], pieces.centres[order]
    before = np.cumsum(households) - households
    before = before - before[first]
    size = np.maximum(total, 1)
    shared = (before + households) * persons // size - before * persons // size
    known = np.full(len(of), NONE)
    known[fresh] = pieces.persons[order]
    agree = (np.bincount(of, known, minlength=len(base.atoms)) == base.atoms["persons"].to_numpy())[of]
    persons[fresh] = np.where((known >= 0) & agree, known, shared)[fresh]
    floor = _changes(whole["cell"].to_numpy()) | _changes(whole["floor_from"].to_numpy())
    part = np.arange(len(of)) - _last_true(floor) + 1  # of the floor: an atom may have been a part of one before
    atoms = whole.assign(part=part, households=households, persons=persons)
    return Division(replace(base, atoms=with_codes(atoms)), of, own)
