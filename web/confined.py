"""The part of a plan under edit that somebody confined to a unit may see and change: the unit, what is below it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from geogrid.edit.state import ABSENT, State
from geogrid.plan import NO_UNIT
from web.refusals import ForbiddenError


def roots_of(state: State, scope: str) -> frozenset[int]:
    """Return the ids of the units that a scope stands for; a retired code stands for its successors. Raises ForbiddenError where there is none."""
    at = state.find(scope)
    roots = {at} if at != NO_UNIT else {state.find(code) for code in state.successors(scope)}
    if not roots:
        raise no_more(scope)
    return frozenset(roots)


def codes_below(project: Any, scope: str) -> dict[str, frozenset[str]]:
    """Return, by level, the codes of the scope unit and of all units below it.

    A retired code stands for its successors. Raises ForbiddenError where there is no such unit any more: who is confined to nothing sees nothing.
    """
    state: State = project.state()
    kept: dict[str, set[str]] = {level: set() for level in project.levels}
    for unit in {each for root in roots_of(state, scope) for each in state.below(root)}:
        kept[state.units[unit].level].add(state.units[unit].code)
    return {level: frozenset(codes) for level, codes in kept.items()}


def no_more(scope: str) -> ForbiddenError:
    """Return the refusal of who is confined to a unit that is no more: he sees nothing."""
    message = f"the unit {scope} that you are confined to is no more here; the administrator has to give you another"
    return ForbiddenError(message, f"您的范围单元 {scope} 在此已不存在，请管理员重新指定", scope=scope)


def is_below(state: State, unit: int, roots: frozenset[int]) -> bool:
    """Tell whether a unit, in force or retired, is one of `roots` or below one."""
    for _ in state.scheme.levels:
        known = state.units.get(unit) or state.retired.get(unit)
        if unit in roots or known is None:
            break
        unit = known.parent
    return unit in roots


def confined(state: State, scope: str) -> State:
    """Return the state as if there were nothing but the scope unit: other atoms and units are not there. "" for no scope gives all of it."""
    if not scope:
        return state
    roots = roots_of(state, scope)
    kept = {unit for root in roots for unit in state.below(root)}
    leaf = np.where(np.isin(state.leaf, sorted(kept)), state.leaf, ABSENT).astype(np.int32)
    leaf.setflags(write=False)
    return replace(
        state,
        leaf=leaf,
        units={unit: state.units[unit]._replace(parent=NO_UNIT) if unit in roots else state.units[unit] for unit in sorted(kept)},
        retired={},
        lineage={},
        ids=_indexed(state, kept),
        children_of={unit: state.children_of[unit] for unit in kept if unit in state.children_of} | {NO_UNIT: tuple(sorted(roots))},
        members_of={unit: state.members_of[unit] for unit in kept if unit in state.members_of},
    )


def _indexed(state: State, kept: Iterable[int]) -> dict[str, tuple[int, ...]]:
    ids: dict[str, tuple[int, ...]] = {}
    for unit in sorted(kept):
        code = state.units[unit].code
        ids[code] = (*ids.get(code, ()), unit)
    return ids


def sees(state: State, units: Iterable[int], scope: str) -> bool:
    """Tell whether any of these units (ids), in force or retired, is in the scope; everything is in none."""
    return not scope or any(is_below(state, unit, roots_of(state, scope)) for unit in units)
