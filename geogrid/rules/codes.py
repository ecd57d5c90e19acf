"""The rules of codes: present, unique, well formed, beginning with the parent's code, and the parent exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

import numpy as np
import pandas as pd

from geogrid.catalogue import why
from geogrid.findings import Finding
from geogrid.scheme import CodeRule

_BLANK = re.compile(r"^\s|\s$|[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2060\ufeff\u3000]")
_NUMBER = re.compile(r"^\d+\.0+$|^\d(\.\d+)?[eE]\+\d+$")
_SUSPECT = re.compile(r"[^\w\n]")  # one search over all codes: nothing but letters, digits and _ can not be ill-formed
_MOST_SHARE = 0.8


def find_codes(codes: pd.Series, geometry: np.ndarray, level: str, row_numbers: Collection[int], *, form: bool = True) -> list[Finding]:
    """Check the codes of a layer (text, "" for none); `geometry` gives the places, `row_numbers` name rows without a code.

    `form` is False where a scheme's rule says how a code looks (`find_code_rule`).
    """
    found: list[Finding] = []
    text = codes.to_numpy(dtype=object)
    numbers = np.asarray(row_numbers)
    for at in np.flatnonzero(text == ""):
        row = int(numbers[at])
        found.append(Finding("code_missing", level, (), geometry[at], value=float(row), facts={"row": row}, rows=(row,)))
    for code, at in _repeated(text):
        rows = tuple(numbers[at].tolist())
        found.append(Finding("code_duplicate", level, (code,), geometry[at[1]], value=float(len(at)), rows=rows))
    return found + (_malformed(text, geometry, level, numbers) if form else [])


def _repeated(text: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Return the codes that occur several times, in order, and the positions of each."""
    if len(set(text)) == len(text):
        return []
    groups = pd.Series(text).groupby(text, sort=True).indices
    return [(code, at) for code, at in groups.items() if code and len(at) > 1]


def _malformed(text: np.ndarray, geometry: np.ndarray, level: str, numbers: np.ndarray) -> list[Finding]:
    plain = not _SUSPECT.search("\n".join(text))
    if plain and len(set(map(len, text))) == 1 and "".join(text).isdigit():
        return []
    usual = _usual_length(text)
    if plain and not usual:
        return []
    found = []
    for row in range(len(text)):
        code = text[row]
        if _BLANK.search(code):
            fault = why("code_blank")
        elif _NUMBER.match(code):
            fault = why("code_number")
        elif usual and code and (not code.isdigit() or len(code) != usual):
            fault = why("code_length", found=len(code), wanted=usual)
        else:
            continue
        found.append(Finding("code_format", level, (code,), geometry[row], facts=fault, rows=(int(numbers[row]),)))
    return found


def _usual_length(text: np.ndarray) -> int:
    """Return the length that nearly all codes share where they are official ones: all digits, nine or more; else 0."""
    lengths = Counter(len(code) for code in text if code.isdigit() and len(code) >= 9)
    present = np.count_nonzero(text != "")
    length, count = lengths.most_common(1)[0] if lengths else (0, 0)
    return length if present >= 5 and count >= _MOST_SHARE * present else 0


def find_code_rule(codes: pd.Series, parents: pd.Series, geometry: np.ndarray, level: str, rule: CodeRule) -> list[Finding]:
    """Check the codes of a plan's level against the scheme: the parent's code, where it says so, and so many digits."""
    found = []
    for row, (code, parent) in enumerate(zip(codes.tolist(), parents.tolist(), strict=True)):
        prefix = parent if rule.parent else ""
        if not (code.startswith(prefix) and len(code) == len(prefix) + rule.digits and code[len(prefix) :].isdigit()):
            found.append(Finding("code_format", level, (code,), geometry[row], facts=why("code_rule", prefix=prefix, digits=rule.digits)))
    return found


def find_parents(
    codes: pd.Series, parents: pd.Series, geometry: np.ndarray, level: str, known: Collection[str], row_numbers: Collection[int] | None = None
) -> list[Finding]:
    """Find units whose parent's code is empty or not among `known`."""
    names = set(known)
    numbers = None if row_numbers is None else np.asarray(row_numbers)
    return [
        Finding(
            "parent_missing", level, (codes.iat[at],), geometry[at], facts={"parent": parent}, rows=() if numbers is None else (int(numbers[at]),)
        )
        for at, parent in enumerate(parents.tolist())
        if parent not in names
    ]
