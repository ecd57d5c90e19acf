"""Editing a plan: edits as data, one pure function that applies them, changes that can be taken back and replayed.

    outcome = apply(State.of(plan), parse_edit({"kind": "move", "atoms": ["12-1-1"], "to": "130203101002056008"}))
    replay(outcome.state, outcome.change.inverse())

Nothing here reads or writes a file.
"""

from geogrid.edit.apply import Outcome, apply
from geogrid.edit.change import Change, replay
from geogrid.edit.edits import Compose, Create, Edit, Merge, Move, Rename, Reparent, Reshape, Retire, Split, to_json
from geogrid.edit.ground import Ground
from geogrid.edit.parse import parse_edit
from geogrid.edit.state import ABSENT, State, Unit

__all__ = [
    "ABSENT",
    "Change",
    "Compose",
    "Create",
    "Edit",
    "Ground",
    "Merge",
    "Move",
    "Outcome",
    "Rename",
    "Reparent",
    "Reshape",
    "Retire",
    "Split",
    "State",
    "Unit",
    "apply",
    "parse_edit",
    "replay",
    "to_json",
]
