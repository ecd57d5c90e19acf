"""A plan is adopted from a day on: `main` is marked, a draft becomes one version of `main`."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

from geogrid.store.history import History
from geogrid.store.records import Committed


def adopt(con: sqlite3.Connection, history: History, plan: str, *, valid_from: date, author: str, accept: bool, now: datetime) -> Committed:
    """Adopt a plan inside a transaction."""
    raise NotImplementedError
