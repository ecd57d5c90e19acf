"""Every error geogrid raises on purpose: one base class, facts as attributes, one sentence in two languages.

A fault in *data* is a finding (`geogrid.findings`); an error here means the input as a whole can not be used, or a caller's mistake.
"""

from __future__ import annotations

import re
from typing import Any

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


def one_line(words: str) -> str:
    """Return words that may quote a file or a cell as one line for a terminal: no line break, no control sequence, no turned writing direction.

    >>> one_line("a\\x1b[31m\\nb")
    'a [31m b'
    """
    return _UNSEEN.sub(" ", words)


class GeogridError(Exception):
    """Base of all errors. `facts` hold ids, rows and names; `message_zh` says the same as `str(error)` in Chinese."""

    code = "error"

    def __init__(self, message: str, message_zh: str = "", **facts: Any) -> None:
        self.message = one_line(message)
        self.message_zh = one_line(message_zh) or self.message
        super().__init__(self.message)
        self.facts = facts


class InputError(GeogridError):
    """A file, layer or recipe that can not be used. Facts: `file`, `layer`, `row`, `field`, `value` where known."""

    code = "input_unusable"


class RecipeError(InputError):
    """A recipe that does not say what it must, or says what nobody knows."""

    code = "recipe_invalid"


class SchemeError(InputError):
    """A scheme that contradicts itself or names unknown things."""

    code = "scheme_invalid"


class CrsError(InputError):
    """A coordinate reference system that is missing, unknown or does not fit."""

    code = "crs_unusable"


class NotFoundError(GeogridError):
    """A unit, level, page or file that does not exist."""

    code = "not_found"


class StoreError(GeogridError):
    """A project file that can not be opened, is locked, too new, or would be overwritten."""

    code = "store"


class EditError(GeogridError):
    """An edit that a rule forbids or that says what it must not. Facts: `reason` (a key), and `units` (codes), `field`, `value` where known."""

    code = "edit_refused"


class ConflictError(GeogridError):
    """An edit whose ground has changed since its base version. Facts: `version`, `units` (codes) and what else the caller needs to decide."""

    code = "conflict"
