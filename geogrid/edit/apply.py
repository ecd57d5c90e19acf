"""Apply an edit to a state: the one pure function below the pages, the commands and the log.

    resolve (by kind: moving, joining, splitting, placing)  ->  a change, and the state after it
    check   what must hold of any outcome                   ->  EditError, or
    settle  reasons of units that changed                   ->  Outcome

Rules are asked of the outcome, so that the edits of a `Compose` may pass through what none of them alone could leave behind.
"""

from __future__ import annotations

from dataclasses import dataclass

from geogrid.edit.change import Change
from geogrid.edit.edits import Edit
from geogrid.edit.state import State


@dataclass(frozen=True, eq=False)
class Outcome:
    """The state after an edit and the change that leads there.

    `touched`: ids of the units, before and after, whose atoms, code, name or parent changed; what lies above both sides is not touched, so edits in
    different grids touch nothing in common. `retired_codes`, `new_codes`: those that are no longer, or newly, in force, ascending.
    """

    state: State
    change: Change
    touched: frozenset[int]
    retired_codes: tuple[str, ...]
    new_codes: tuple[str, ...]


def apply(state: State, edit: Edit) -> Outcome:
    """Return what an edit makes of a state.

    Raises EditError (facts: `reason`, a key, and `units`, codes) when a rule forbids it, NotFoundError for a code that is not in force.
    """
    raise NotImplementedError
