"""What the scripts of the cameras page say, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _


def words() -> dict[str, str]:
    """Return all of them by name."""
    return _of_figures() | _of_a_camera() | _of_a_trial()


def _of_figures() -> dict[str, str]:
    """Return the words of the stages, the figures and the lists."""
    return {
        "stage_begun": _("Reading cameras, buildings and streets …"),
        "stage_regions": _("Computing what each camera sees …"),
        "stage_streets": _("Cutting streets into seen and blind …"),
        "stage_units": _("Adding up by unit …"),
        "failed": _("What cameras see could not be computed: {why}"),
        "base": _("{cameras} cameras, {street} of streets"),
        "base_one": _("{cameras} camera, {street} of streets"),
        "blind": _("of streets are blind, {share}"),
        "no_blind": _("No street is blind."),
        "no_streets": _("No streets here: nothing to be seen or not."),
        "doors": _("Building entrances seen: {seen} of {all} ({share}), perhaps {perhaps} more;"),
        "no_doors": _("No building entrances are known."),
        "ground": _("public ground surely seen: {share}"),
        "doors_short": _("Building entrances seen: {seen} of {all}"),
        "colon": _(": "),
        "comma": _(", "),
        "blind_under": _("blind {share}"),
        "of": _("{n} of {all}"),
        "step": _("≤ {share}"),
        "step_last": _("> {share}"),
        "list": _("List {level}"),
        "open": _("Open {level}"),
        "close": _("Close"),
        "more": _("{n} more"),
        "metres": _("m"),
        "km": _("km"),
    }


def _of_a_camera() -> dict[str, str]:
    """Return the words of a camera's card."""
    return {
        "kind": _("kind"),
        "code": _("GB/T 28181 code"),
        "code_parts": _("area {civil}, industry {industry}, type {type}, network {network}, number {serial}"),
        "code_wrong": _("this is no code of a camera"),
        "direction": _("direction"),
        "given": _("given"),
        "presumed": _("presumed ±22.5°"),
        "all_round": _("all round"),
        "unknown": _("unknown: sees perhaps all round, surely nothing"),
        "lens": _("angle, range, height"),
        "default": _("default of the scheme"),
        "stands": _("stands in"),
        "sees": _("surely sees"),
        "hidden": _("hidden by"),
        "hidden_by": _("{n} buildings"),
        "hidden_one": _("{n} building"),
        "walls": _("{n} walls"),
        "nothing_hides": _("nothing within its range"),
        "no_address": _("{n} without an address"),
        "secrecy": _("secrecy"),
        "open_camera": _("not secret"),
        "secret": _("secret: in no figure and in no file"),
        "moved": _("It stands in a wall and is taken to stand 5 cm before it."),
        "indoors": _("It stands inside a building and sees none of the streets."),
        "over": _("sees too much"),
        "over_prohibited": _("sees into a prohibited place"),
        "over_facade": _("looks at dwellings"),
        "over_faces_prohibited": _("faces a prohibited place"),
        "move": _("Try another place"),
    }


def _of_a_trial() -> dict[str, str]:
    """Return the words of what one camera more would change."""
    return {
        "gain": _("One camera more here"),
        "gain_moved": _("Camera {id} here instead"),
        "gain_m": _("of streets newly seen"),
        "gain_blind": _("{metres} of it blind before"),
        "gain_share": _("{before} → {after}"),
        "gain_way": _("looking {degrees}°, the best of eight directions"),
        "lost_doors": _("{n} entrances no longer seen"),
        "gain_doors": _("{n} entrances newly seen"),
        "gain_door": _("{n} entrance newly seen"),
        "gain_none": _("Nothing more would be seen from here."),
        "gain_less": _("of streets would no longer be seen"),
        "try_hint_dome": _("Click on the map where it would stand; Enter takes the middle of the map."),
        "try_hint_gun": _("Press on the map where it would stand and drag to where it looks; Enter takes the middle of the map."),
        "next_one": _("{n}. {metres} more"),
        "next_sum": _("{metres} together"),
        "next_bound": _("No choice of as many corners sees more than {metres}."),
        "next_none": _("No corner would see more: nothing is blind, or there are no streets."),
    }
