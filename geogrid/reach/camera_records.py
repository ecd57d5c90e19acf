"""What a camera's record says and what it leaves open: direction, angle, range and height, each as given or as the scheme's default.

A GB/T 28181 record gives only one of eight directions: the camera may point 22.5° to either side of it. A dome (PTZ types 1 and 2, or an angle
of 360°) turns all round, whatever its lens sees at one time. A camera without direction that is no dome looks nobody knows where.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geogrid.reach.columns import numbers_of, texts_of
from geogrid.scheme import Scheme
from geogrid.scheme_values import CAMERA_DEFAULTS

EIGHTH_DEG = 22.5
UNKNOWN_DEG = 180.0
DOMES = ("1", "2")
FIXED = "3"
"""The PTZ type that a camera of unknown type is taken for."""
MOST_RANGE_M = 2000.0
"""No camera of a street knows a face or a number plate farther away: a greater range is a mistake in units."""
VALUES = ("angle_deg", "range_m", "height_m")


@dataclass(frozen=True, eq=False)
class CameraSet:
    """Cameras with everything known that a view needs; arrays have one row per camera.

    `direction_deg` is clockwise from north, NaN where unknown; `uncertain_deg` how far off it may be: 0, 22.5 or 180 (unknown). `defaults` names
    what was not given: a tuple of `ptz`, `direction`, `angle_deg`, `range_m`, `height_m`; `range_capped` where the given range was beyond
    `MOST_RANGE_M`. Lengths are metres.
    """

    id: np.ndarray
    ptz: np.ndarray
    direction_deg: np.ndarray
    uncertain_deg: np.ndarray
    angle_deg: np.ndarray
    range_m: np.ndarray
    height_m: np.ndarray
    is_dome: np.ndarray
    range_capped: np.ndarray
    defaults: tuple[tuple[str, ...], ...]
    is_guessed_eighth: bool = False

    def __len__(self) -> int:
        return len(self.id)

    def sure_deg(self) -> np.ndarray:
        """Width of what each camera sees whichever way it really points, degrees."""
        return np.where(self.is_dome, 360.0, np.maximum(0.0, self.angle_deg - 2 * self.uncertain_deg))

    def perhaps_deg(self) -> np.ndarray:
        """Width of what each camera sees for some way that it may point, degrees."""
        return np.where(self.is_dome, 360.0, np.minimum(360.0, self.angle_deg + 2 * self.uncertain_deg))

    def middle_deg(self) -> np.ndarray:
        """Direction of the middle of both, clockwise from north; 0 where it does not matter."""
        return np.where(np.isfinite(self.direction_deg), self.direction_deg, 0.0)


def resolve(cameras: pd.DataFrame, scheme: Scheme) -> CameraSet:
    """Make cameras of the rows of the role `cameras`; every column but the index may be absent, every value missing.

    Zero counts as not given for angle, range and height. Where the rows do not say whether a direction is one of eight (`direction_is_eighth`, kept
    since it is read), a multiple of 45° is taken for one where most directions are such, and `is_guessed_eighth` says so.
    """
    n = len(cameras)
    ptz = texts_of(cameras, "ptz")
    named = np.array([kind in CAMERA_DEFAULTS or kind in scheme.cameras for kind in ptz], dtype=bool)
    kind = np.where(named, ptz, FIXED)
    by_kind = camera_defaults(scheme)
    given = {name: numbers_of(cameras, name) for name in VALUES}
    missing = {name: ~(np.isfinite(values) & (values > 0)) for name, values in given.items()}
    filled = {name: np.where(missing[name], [by_kind[k][name] for k in kind], given[name]).astype(float) for name in VALUES}
    capped = filled["range_m"] > MOST_RANGE_M
    direction = numbers_of(cameras, "direction_deg") % 360
    is_dome = np.isin(ptz, DOMES) | (filled["angle_deg"] >= 360)
    is_eighth, is_guessed = _eighths(cameras, direction)
    unknown = ~np.isfinite(direction)
    uncertain = np.where(unknown, UNKNOWN_DEG, np.where(is_eighth, EIGHTH_DEG, 0.0))
    lacks = {"ptz": ~named, "direction": unknown & ~is_dome, **missing}
    return CameraSet(
        id=ids_of(cameras),
        ptz=ptz,
        direction_deg=direction,
        uncertain_deg=np.where(is_dome, 0.0, uncertain),
        angle_deg=np.minimum(filled["angle_deg"], 360.0),
        range_m=np.minimum(filled["range_m"], MOST_RANGE_M),
        height_m=filled["height_m"],
        is_dome=is_dome,
        range_capped=capped,
        defaults=tuple(tuple(name for name, rows in lacks.items() if rows[i]) for i in range(n)),
        is_guessed_eighth=is_guessed,
    )


def camera_defaults(scheme: Scheme) -> dict[str, dict[str, float]]:
    """Return angle, range and height by PTZ type: the scheme's, else the shipped ones; a type that only the scheme knows lacks nothing."""
    kinds = {**dict.fromkeys(CAMERA_DEFAULTS), **dict.fromkeys(scheme.cameras)}
    return {kind: {**CAMERA_DEFAULTS.get(kind, CAMERA_DEFAULTS[FIXED]), **scheme.cameras.get(kind, {})} for kind in kinds}


def ids_of(rows: pd.DataFrame) -> np.ndarray:
    """Return each row's id as text; `#` and its row in the file where it has none."""
    numbers = rows["row"] if "row" in rows else pd.Series(range(1, len(rows) + 1), index=rows.index)
    ids = texts_of(rows, "id")
    return np.array([name or f"#{number}" for name, number in zip(ids, numbers, strict=True)], dtype=object)


def _eighths(cameras: pd.DataFrame, direction_deg: np.ndarray) -> tuple[np.ndarray, bool]:
    """Tell which directions are known as one of eight only, and whether that had to be guessed of their values."""
    if "direction_is_eighth" in cameras:
        return cameras["direction_is_eighth"].fillna(False).to_numpy(dtype=bool), False
    known = np.isfinite(direction_deg)
    even = known & (direction_deg % 45 == 0)
    are_words = bool(even.any()) and 2 * even.sum() >= known.sum()  # among azimuths that were measured few are
    return even & are_words, are_words


def find_code_fault(code: str) -> str:
    """Return what is wrong with a GB/T 28181 code of a camera: a key of `geogrid.catalogue.WHY`, "" where nothing is, or there is no code.

    Of 20 digits: 8 of the centre (6 of them GB/T 2260), 2 industry, 3 type (131 camera, 132 network camera), 1 network, 6 serial.

    >>> find_code_fault("13020300001320000167"), find_code_fault("13020300001180000167"), find_code_fault("1302030")
    ('', 'gb_type', 'gb_digits')
    """
    if not code:
        return ""
    if len(code) != 20 or not (code.isascii() and code.isdigit()):
        return "gb_digits"
    if not 11 <= int(code[:2]) <= 82:
        return "gb_civil"
    return "" if code[10:13] in ("131", "132") else "gb_type"


def code_faults(cameras: pd.DataFrame) -> Mapping[int, str]:
    """Return what is wrong with the `gb_code` of each row that has a wrong one, by row position."""
    faults = (find_code_fault(code) for code in texts_of(cameras, "gb_code"))
    return {row: fault for row, fault in enumerate(faults) if fault}
