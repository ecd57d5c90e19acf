"""Apply an edit to a state: the one pure function below the pages, the commands and the log.

    make     by kind: what goes where (`moving`, `joining`, `splitting`, `reshape`)     ->  a change
    settle   what must hold of any outcome, and what follows from it                    ->  an outcome, or EditError

Rules are asked of the outcome, so that the edits of a `Compose` may pass through what none of them alone could leave behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from geogrid.edit import joining, moving, splitting
from geogrid.edit.change import Change, replay
from geogrid.edit.edits import Compose, Create, Edit, Merge, Move, Rename, Reparent, Reshape, Retire, Split
from geogrid.edit.making import Making, with_lineage
from geogrid.edit.reshape import reshape
from geogrid.edit.settle import Outcome, finish
from geogrid.edit.state import State

__all__ = ["Outcome", "apply"]

_MAKERS: Mapping[type[Edit], Callable[[Making, Any], None]] = {
    Move: moving.move,
    Create: moving.create,
    Split: splitting.split,
    Merge: joining.merge,
    Retire: joining.retire,
    Reparent: joining.reparent,
    Rename: joining.rename,
}


def apply(state: State, edit: Edit) -> Outcome:
    """Return what an edit makes of a state.

    Raises EditError (facts: `reason`, a key of `geogrid.edit.refusals`, and `units`, codes) when a rule forbids it, NotFoundError for a code that is
    not in force: a retired one names its successors.
    """
    ground, change = _make(state, edit)
    return finish(ground, change, edit.reason)


def _make(state: State, edit: Edit) -> tuple[State, Change]:
    """Return the state, on a ground that has all cells which the edit needs, and what the edit changes in it."""
    if isinstance(edit, Compose):
        return _compose(state, edit)
    if isinstance(edit, Reshape):
        return reshape(state, edit)
    making = Making(state)
    _MAKERS[type(edit)](making, edit)
    return state, making.change()


def _compose(state: State, edit: Compose) -> tuple[State, Change]:
    """Return the change that several edits make one after the other."""
    now, came = state, {}
    for each in edit.edits:
        ground, change = _make(now, each)
        now = replay(ground, change)
        came.update(change.lineage)
    start = state.on(now.ground)
    total = Change.between(start, now)
    return start, with_lineage(total, came)
