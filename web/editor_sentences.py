"""Every sentence that the scripts of the page `/edit` put together; facts stand in braces."""

from __future__ import annotations

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Return all of them by their keys."""
    return _selection() | _units() | _breaks() | _edits() | _questions() | _buttons() | _colleagues() | _answers()


def _selection() -> dict[str, str]:
    return {
        "nothing_title": _("Nothing is selected"),
        "nothing_help": _("Select stairwells or land on the map, or choose a unit from the list: its buildings can be ticked there."),
        "stairwells": _("{n} stairwells selected"),
        "places": _("{n} places selected"),
        "floors_of": _("{n} floors in {m} stairwells selected"),
        "move_to": _("Move to"),
        "choose_target": _("– choose –"),
        "outside": _("no {level} (unassigned)"),
        "new_unit_option": _("a new {level}…"),
        "out_of": _("loses"),
        "into": _("gains"),
        "both": _("both"),
        "was": _("{n} before"),
        "was_bounds": _("{n} before, bounds {bounds}"),
        "short_by": _("{n} short"),
        "over_by": _("{n} too many"),
        "no_bounds": _("no bounds"),
        "bar_label": _("{before} before, {after} after, bounds {low} to {high}"),
        "moves_along": _("{n} {level} moves along"),
        "move_along": _("{n} {level} move along"),
        "bounds_of": _("bounds {bounds}"),
        "goes_part": _("in part: {households} become unassigned"),
        "goes_whole": _("{from} → {to}"),
        "pp": _("{unit} compactness (Polsby–Popper) {before} → {after}"),
    }


def _units() -> dict[str, str]:
    return {
        "all_connected": _("Both sides stay in one piece."),
        "reason": _("Reason (the change form says it)"),
        "reason_missing": _("Say why: the change form needs a reason."),
        "reason_last": _("Last: {text}"),
        "confirm": _("Confirm"),
        "give_up": _("Give up"),
        "units_here": _("{level} here"),
        "unassigned": _("{n} households belong to no {level}"),
        "fill": _("Fill…"),
        "hh": _("{n} hh"),
        "n_households": _("{n} households"),
        "one_household": _("{n} household"),
        "cells": _("Buildings and land"),
        "cell_door": _("{address} door {n}"),
        "cell_building": _("building {id}"),
        "cell_land": _("land {n}"),
        "live": _("{n} households selected. {sides}"),
        "live_side": _("{unit}: {before} → {after} households, {status}."),
        "unassigned_short": _("unassigned"),
        "in_bounds": _("in bounds"),
        "part": _("partly outside this area"),
        "actions": _("Actions"),
        "all_areas": _("Whole district"),
    }


def _breaks() -> dict[str, str]:
    return {
        "break_below": _("After this, {unit} is below its lower bound."),
        "break_below_long": _("{n} households are left, {short} short of {low}."),
        "break_above": _("After this, {unit} is above its upper bound."),
        "break_above_long": _("It would have {n} households, {over} more than {high}."),
        "break_apart": _("After this, {unit} is in two pieces."),
        "break_apart_long": _("What is left of it no longer hangs together."),
        "break_same": _("All that is selected is in {unit} already: choose another unit."),
        "break_empty": _("After this, {unit} holds nothing."),
        "break_empty_long": _("A unit is not emptied by moving: merge it or retire it."),
        "break_splits": _("This would divide a building above the lowest level."),
        "break_splits_long": _("A {level} takes whole stairwells: add the other floors."),
        "break_locked": _("{unit} is locked."),
        "break_locked_long": _("Unlock it first (K), or choose another unit."),
        "break_unassigned": _("{n} households become unassigned."),
        "break_unassigned_long": _("That is no error in a draft; they are counted until they are given to a unit."),
        "break_parts": _("Of {n} {level} only a part moves."),
        "break_parts_long": _("{n} households become unassigned below; they are counted until they are given to a unit."),
        "break_parts_left": _("Left: {units}."),
        "take_whole": _("Take them whole"),
        "only": _("Move only {what}"),
        "only_result": _("Only {what} ({households}): {n} left, in bounds."),
        "add_floors": _("Take the whole stairwell"),
        "merge_instead": _("Merge instead"),
        "retire_instead": _("Retire instead"),
        "anyway": _("Do it all the same, and say why"),
        "stairwell_n": _("{n} stairwells"),
        "place_n": _("{n} places"),
    }


def _edits() -> dict[str, str]:
    return {
        "edit_move": _("Moved {n} to {to}"),
        "edit_move_none": _("Took {n} out"),
        "edit_split": _("Divided {unit}"),
        "edit_split_parts": _("Divided {unit} into {n}"),
        "edit_merge": _("Merged {units}"),
        "edit_reshape": _("Redrew the border of {units}"),
        "edit_reparent": _("Gave {unit} to {parent}"),
        "edit_rename": _("Named {unit} “{name}”"),
        "edit_create": _("New: {name}"),
        "edit_retire": _("Retired {unit}"),
        "edit_compose": _("{n} changes at once"),
        "edit_adopt": _("Adopted"),
        "edit_undo": _("Took back version {n}"),
        "undone": _("Took a change back"),
        "redone": _("Made a change again"),
        "history_empty": _("No change yet: what is changed here is listed, and can be taken back."),
        "history_all": _("All {n}, with forms; any can be gone back to"),
        "undo": _("Take back"),
        "redo": _("Again"),
        "version": _("version {n}"),
        "draft": _("draft"),
        "adopted": _("adopted plan"),
        "done": _("Version {n}: {what}."),
        "done_findings": _("Version {n}: {what}. Findings here: {m}. {first}"),
        "findings_here": _("What the checks say of it"),
    }


def _questions() -> dict[str, str]:
    return {
        "d_create": _("New {level}"),
        "d_name": _("Name (may be empty)"),
        "d_parent": _("In"),
        "d_rename": _("Rename {unit}"),
        "d_split": _("Divide {unit}"),
        "d_parts": _("Into how many parts alike?"),
        "d_line_split": _("Divide {unit} along the line; no stairwell is cut"),
        "d_line_reshape": _("Redraw the border along the line; it cuts what it crosses"),
        "d_line": _("What is the line for?"),
        "d_line_use": _("Use"),
        "d_merge": _("Merge {unit} with"),
        "d_merge_into": _("The code that stays"),
        "d_merge_new": _("a new code"),
        "d_retire": _("Retire {unit}"),
        "d_retire_text": _("Its ground becomes unassigned; its code is never given again."),
        "d_reparent": _("Give {unit} to another {level}"),
        "d_reparent_text": _("It keeps its land and gets a new code there."),
        "d_homes": _("On which side do these live?"),
        "d_homes_text": _("The line passes through their homes, so it can not be told."),
        "d_fork": _("Make a draft"),
        "d_fork_name": _("Name of the draft"),
        "d_fork_text": _("A draft begins as a copy of version {n}; the plan itself stays as it is."),
        "d_cancel": _("Cancel"),
        "d_ok": _("Do it"),
        "d_preview": _("See what comes of it"),
        "d_repair": _("Repair round {unit}"),
        "d_fill": _("Fill the unassigned"),
    }


def _buttons() -> dict[str, str]:
    return {
        "d_balance": _("{unit} in {n} parts alike"),
        "d_propose_wait": _("Looking for an answer…"),
        "d_propose_none": _("Nothing better was found."),
        "d_propose_unit": _("unit"),
        "d_before": _("before"),
        "d_after": _("after"),
        "d_along": _("{n} more change their code or parent only."),
        "d_commit": _("Do this as one change"),
        "tool_split": _("Divide"),
        "tool_rename": _("Rename"),
        "tool_retire": _("Retire"),
        "tool_reparent": _("Give to another {level}"),
        "tool_merge": _("Merge"),
        "tool_new": _("New {level}…"),
        "lock": _("Lock"),
        "unlock": _("Unlock"),
        "zoom": _("Show"),
        "elevation_of": _("{name} from the side"),
        "elevation_text": _("Each colour is one {level}; hatched is selected."),
        "elevation_size": _("{n} stairwells × {m} floors, {households}"),
        "elevation_keys": _("Arrows move, Space selects, Shift + arrows select a band."),
        "elevation_floor": _("F{n}"),
        "elevation_atom": _("door {door}, floor {floor}, {households}, {unit}"),
        "elevation_band": _("Select floors"),
        "door": _("door {n}"),
        "select_all": _("Select all"),
    }


def _colleagues() -> dict[str, str]:
    return {
        "offline": _("No connection: nothing you selected or wrote is lost. Trying again…"),
        "offline_edit": _("No connection: your change waits and is sent once it is back; it happens once."),
        "retry": _("Try now"),
        "online": _("Connected again."),
        "others": _("{who}: {what} ({units})"),
        "others_touch": _("{who} just changed {units}, which your selection touches: {what}."),
        "c_title": _("{units} were just changed by someone else; your change is not sent yet"),
        "c_lead": _("You began at version {base}; {who} sent version {version} at {time}. Your selection and reason are still here."),
        "c_theirs": _("Theirs, version {n}"),
        "c_mine": _("Mine, not sent"),
        "c_base": _("version {n}"),
        "c_after_theirs": _("version {n}, after theirs"),
        "c_after_mine": _("mine on top"),
        "c_bounds": _("bounds"),
        "c_look": _("Look at theirs"),
        "c_look_text": _("Send nothing; see version {n} on the map. My selection stays."),
        "c_redo": _("Mine on top of it"),
        "c_redo_ok": _("The two do not clash: {sides}"),
        "c_redo_bad": _("On top of it this comes of it: {sides}"),
        "c_redo_refused": _("Mine can not be done on top any more: {why}"),
        "c_fork": _("Keep as a draft"),
    }


def _answers() -> dict[str, str]:
    return {
        "c_fork_text": _("A draft from version {n} with mine in it, to compare and join later."),
        "c_do_look": _("Look"),
        "c_do_redo": _("Send mine on top"),
        "c_do_fork": _("Make a draft"),
        "c_draft_name": _("Mine from version {n}"),
        "local_user": _("this machine"),
        "viewer": _("Your role may look only; changes are made by planners."),
        "is_adopted": _("This plan is adopted and takes no changes: make a draft of it and change that."),
        "refused": _("This can not be done: {why}"),
        "gone": _("{code} was retired; it is now {now}."),
        "loading": _("Fetching {area}…"),
        "load_failed": _("The area could not be fetched: {why}"),
        "choose_area": _("Choose where to work"),
        "fresh_plan": _("The page shows version {n}."),
        "out_below": _("{level}, below {n}"),
        "out_above": _("{level}, above {n}"),
        "count_units": _("{n} units"),
        "none_free": _("Nothing is unassigned here."),
        "out_apart": _("{level} in several pieces"),
        "any_unit": _("any unit"),
        "none_out": _("Every unit here is within its bounds."),
    }
