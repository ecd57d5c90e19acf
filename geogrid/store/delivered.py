"""Whether points and people of a project were delivered anew: pages that show the former ones let go of them."""

from __future__ import annotations

import sqlite3


def last_delivery(con: sqlite3.Connection) -> int:
    """Return the number of the last delivery, 0 where there was none since the project was built."""
    if not con.execute("SELECT 1 FROM sqlite_schema WHERE name = 'delivery'").fetchone():
        return 0
    return con.execute("SELECT coalesce(max(fid), 0) FROM delivery").fetchone()[0]
