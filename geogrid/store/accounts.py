"""Who may use a project, kept in its own file: accounts, their tokens for scripts, and what was exported by whom.

Passwords and tokens come in hashed: nothing here could be used to sign in. An account's `session` is what a signed-in browser holds; a new
password gives a new one, so every browser that was signed in before is signed out.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from geogrid.errors import InputError, NotFoundError, StoreError
from geogrid.store.connect import connect, is_project
from geogrid.store.writing import writing

ROLES = ("viewer", "planner", "administrator")
"""What one may do, each more than the one before."""

ACCOUNTS = """
CREATE TABLE IF NOT EXISTS account (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, role TEXT NOT NULL, scope TEXT NOT NULL DEFAULT '',
  password TEXT NOT NULL DEFAULT '', session TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS token (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE, label TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL, UNIQUE (account, label));
CREATE TABLE IF NOT EXISTS export_log (id INTEGER PRIMARY KEY, at TEXT NOT NULL, user TEXT NOT NULL, what TEXT NOT NULL);
"""
"""`scope`: code of a unit (or level:code), empty for the whole district. `password`: a hash, empty where nobody signs in. `digest`: of the token."""

Clock = Callable[[], datetime]
_COLUMNS = "id, name, role, scope, password, session, created_at"


class Account(NamedTuple):
    """One row of `account`."""

    id: int
    name: str
    role: str
    scope: str
    password: str
    session: str
    created_at: str


class Token(NamedTuple):
    """A token as it is listed: whose, what it is for, when it was made."""

    account: str
    label: str
    created_at: str


class Export(NamedTuple):
    """One line of the export log."""

    at: str
    user: str
    what: str


def digest_of(token: str) -> str:
    """Return what is kept of a token. A random token of 256 bits needs no slow hash.

    >>> len(digest_of("gg_x"))
    64
    """
    return hashlib.sha256(token.encode()).hexdigest()


# -- reading


def has_accounts(path: Path) -> bool:
    """Tell whether the project knows any user; one that is not there yet knows none. Raises StoreError where it can not be read."""
    return path.exists() and bool(_rows(path, "SELECT 1 FROM account LIMIT 1"))


def list_accounts(path: Path) -> list[Account]:
    """Return all accounts by name."""
    return [Account(*row) for row in _rows(path, f"SELECT {_COLUMNS} FROM account ORDER BY name")]


def find_account(path: Path, name: str) -> Account | None:
    """Return the account of that name, None where there is none."""
    found = _rows(path, f"SELECT {_COLUMNS} FROM account WHERE name = ?", name)
    return Account(*found[0]) if found else None


def read_accounts(con: sqlite3.Connection) -> tuple[list[Account], list[tuple[str, int]]]:
    """Return all accounts of an open project, and digest and account id of each token; none where it has no such tables."""
    if con.execute("SELECT count(*) FROM sqlite_schema WHERE name IN ('account', 'token')").fetchone()[0] < 2:
        return [], []
    known = [Account(*row) for row in con.execute(f"SELECT {_COLUMNS} FROM account ORDER BY id")]
    return known, con.execute("SELECT digest, account FROM token").fetchall()


def list_tokens(path: Path) -> list[Token]:
    """Return all tokens, without what would open anything."""
    return [Token(*row) for row in _rows(path, "SELECT name, label, token.created_at FROM token JOIN account ON account.id = account ORDER BY 1, 2")]


def list_exports(path: Path) -> list[Export]:
    """Return who exported what, in the order it happened."""
    return [Export(*row) for row in _rows(path, "SELECT at, user, what FROM export_log ORDER BY id")]


def keeps_exports(path: Path) -> bool:
    """Tell whether the file has a log of exports: one of format 1 has none until it is upgraded, nor has a project that is still to be made."""
    return path.exists() and bool(_rows(path, "SELECT 1 FROM sqlite_schema WHERE name = 'export_log'"))


def _rows(path: Path, query: str, *values: str) -> list[tuple]:
    with closing(connect(path, is_whole=True)) as con:
        try:
            return con.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # a project of the format before accounts
                return []
            raise StoreError(f"{path.name}: can not be read: {error}", f"{path.name}：无法读取：{error}", file=path.name) from error


# -- writing


def add_account(path: Path, name: str, *, role: str, scope: str = "", password: str = "", clock: Clock) -> Account:
    """Add an account; `password` is a hash. Raises InputError for a name that is taken or unusable, an unknown role or scope unit."""
    name = name.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise InputError(f"name {name!r}: write 1 to 60 characters", f"用户名“{name}”：应为 1 至 60 个字符", field="name", value=name)
    _check_role(role)
    with writing(path, ACCOUNTS) as con:
        _check_scope(con, scope)
        if con.execute("SELECT 1 FROM account WHERE name = ?", (name,)).fetchone():
            raise InputError(f"there is a user {name} already", f"用户 {name} 已存在", field="name", value=name)
        row = (name, role, scope, password, secrets.token_urlsafe(24), clock().isoformat(timespec="seconds"))
        con.execute("INSERT INTO account (name, role, scope, password, session, created_at) VALUES (?, ?, ?, ?, ?, ?)", row)
        return _known(con, name)


def change_account(path: Path, name: str, *, role: str | None = None, scope: str | None = None, password: str | None = None) -> Account:
    """Change what is given; a new password signs every browser of that user out. Raises NotFoundError, InputError."""
    if role is not None:
        _check_role(role)
    with writing(path, ACCOUNTS) as con:
        known = _known(con, name)
        if scope is not None:
            _check_scope(con, scope)
        session = known.session if password is None else secrets.token_urlsafe(24)
        row = (known.role if role is None else role, known.scope if scope is None else scope, known.password if password is None else password)
        con.execute("UPDATE account SET role = ?, scope = ?, password = ?, session = ? WHERE id = ?", (*row, session, known.id))
        return _known(con, name)


def remove_account(path: Path, name: str) -> None:
    """Remove an account with its tokens. Raises NotFoundError."""
    with writing(path, ACCOUNTS) as con:
        con.execute("DELETE FROM account WHERE id = ?", (_known(con, name).id,))


def add_token(path: Path, name: str, label: str, digest: str, *, clock: Clock) -> None:
    """Keep the digest of a new token under its label; an older one of that label ends. Raises NotFoundError."""
    with writing(path, ACCOUNTS) as con:
        row = (_known(con, name).id, label, digest, clock().isoformat(timespec="seconds"))
        con.execute("INSERT OR REPLACE INTO token (account, label, digest, created_at) VALUES (?, ?, ?, ?)", row)


def remove_token(path: Path, name: str, label: str) -> None:
    """End a token. Raises NotFoundError."""
    with writing(path, ACCOUNTS) as con:
        if not con.execute("DELETE FROM token WHERE account = ? AND label = ?", (_known(con, name).id, label)).rowcount:
            raise NotFoundError(f"{name} has no token {label!r}", f"{name} 没有令牌“{label}”", value=label)


def log_export(path: Path, *, user: str, what: str, clock: Clock) -> None:
    """Note that `user` took `what` out of the project. Raises StoreError where the file can not be written."""
    with writing(path, ACCOUNTS) as con:
        con.execute("INSERT INTO export_log (at, user, what) VALUES (?, ?, ?)", (clock().isoformat(timespec="seconds"), user, what))


def carry(old: Path, new: Path) -> None:
    """Let the file `new`, which takes the place of the project `old`, know the same users, tokens and exports: nobody comes back, nobody is lost.

    Where `old` is no project that can be read, or knows no users, `new` keeps its own.
    """
    if not is_project(old):
        return
    with closing(sqlite3.connect(new, isolation_level=None)) as con:
        con.executescript(ACCOUNTS)
        con.execute("ATTACH ? AS old", (str(old),))
        con.execute("BEGIN")
        try:
            _carry_rows(con)
        except sqlite3.DatabaseError:  # what is damaged is to be replaced all the same
            con.execute("ROLLBACK")
        else:
            con.execute("COMMIT")


def _carry_rows(con: sqlite3.Connection) -> None:
    tables = {name for (name,) in con.execute("SELECT name FROM old.sqlite_schema WHERE type = 'table'")}
    if {"account", "token"} <= tables and con.execute("SELECT 1 FROM old.account").fetchone():
        con.execute("DELETE FROM token")
        con.execute("DELETE FROM account")
        con.execute(f"INSERT INTO account ({_COLUMNS}) SELECT {_COLUMNS} FROM old.account")
        con.execute("INSERT INTO token (id, account, label, digest, created_at) SELECT id, account, label, digest, created_at FROM old.token")
    if "export_log" in tables:
        lines = "SELECT at, user, what FROM old.export_log EXCEPT SELECT at, user, what FROM export_log"
        con.execute(f"INSERT INTO export_log (at, user, what) {lines}")


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InputError(f"role {role!r}: write one of {', '.join(ROLES)}", f"角色“{role}”：应为 {'、'.join(ROLES)} 之一", field="role", value=role)


def _check_scope(con: sqlite3.Connection, scope: str) -> None:
    where = "plan = 1 AND (code = ? OR level || ':' || code = ?)"
    if scope and not con.execute(f"SELECT 1 FROM unit WHERE {where}", (scope, scope)).fetchone():
        raise InputError(f"scope {scope!r}: no unit has this code", f"范围“{scope}”：没有这个编码的单元", field="scope", value=scope)


def _known(con: sqlite3.Connection, name: str) -> Account:
    row = con.execute(f"SELECT {_COLUMNS} FROM account WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise NotFoundError(f"there is no user {name!r}", f"没有用户“{name}”", value=name)
    return Account(*row)
