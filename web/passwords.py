"""Passwords: hashed and compared by werkzeug (scrypt), what is too easy refused, and guessing slowed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache

from cachetools import TTLCache
from werkzeug.security import check_password_hash, generate_password_hash

LEAST = 8
"""Shortest password, in characters (NIST SP 800-63B); no rule of digits and signs, which only makes passwords alike."""
MOST = 200
WINDOW_S = 900
_NAME_AND_PLACE, _PLACE, _NAME = 5, 30, 50
"""Wrong passwords within the window: of one name from one address, of one address, of one name from anywhere."""


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return generate_password_hash(password)


@cache
def _nobodys() -> str:
    """Return what is compared with where there is no such user, so that the time of an answer does not tell who there is."""
    return generate_password_hash("")


def is_right(kept: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed; never for a user without one. Takes as long either way."""
    right = check_password_hash(kept or _nobodys(), password[:MOST])
    return right and bool(kept)


def fault(password: str, name: str) -> dict[str, str] | None:
    """Return why a password can not be taken, in two languages, or None.

    >>> fault("12345", "ann")["en"]
    'a password has 8 to 200 characters'
    """
    if not LEAST <= len(password) <= MOST:
        return {"en": f"a password has {LEAST} to {MOST} characters", "zh": f"密码应为 {LEAST} 至 {MOST} 个字符"}
    if len(set(password)) < 3 or (name.casefold() in password.casefold() and len(password) - len(name) < 4):
        return {"en": "this password is too easily guessed", "zh": "这个密码太容易猜到"}
    return None


class Attempts:
    """Wrong passwords of the last quarter of an hour, by name and address. Safe from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: TTLCache[tuple[str, str], list[float]] = TTLCache(20_000, WINDOW_S, timer=clock)
        self._lock = threading.Lock()

    def wait_s(self, name: str, place: str) -> int:
        """Return for how many seconds no password of this name is looked at from there, 0 where one is."""
        with self._lock:
            waits = [self._wait(key, most) for key, most in self._keys(name, place)]
        return max(waits)

    def failed(self, name: str, place: str) -> None:
        """Count a wrong password."""
        now = self._clock()
        with self._lock:
            for key, most in self._keys(name, place):
                self._wrong[key] = [*self._wrong.get(key, [])[-most:], now]

    def passed(self, name: str, place: str) -> None:
        """Forget the wrong passwords of who has signed in."""
        with self._lock:
            self._wrong.pop((name, place), None)

    def _wait(self, key: tuple[str, str], most: int) -> int:
        recent = [at for at in self._wrong.get(key, []) if at > self._clock() - WINDOW_S]
        return 0 if len(recent) < most else max(1, int(recent[-most] + WINDOW_S - self._clock()))

    @staticmethod
    def _keys(name: str, place: str) -> list[tuple[tuple[str, str], int]]:
        return [((name, place), _NAME_AND_PLACE), (("", place), _PLACE), ((name, ""), _NAME)]
