"""A project with users, and browsers that are signed in: what the tests of accounts share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from geogrid.store import accounts, write_project
from tests.tiny import EAST, WEST, tiny_contents
from web import create_app

PASSWORD = "correct horse"
USERS = {
    "ann": ("administrator", ""),
    "pat": ("planner", ""),
    "vic": ("viewer", ""),
    "west": ("planner", WEST),
    "east": ("planner", EAST),
    "boss": ("administrator", WEST),
}


def clock() -> datetime:
    return datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@cache
def hashed() -> str:
    """A hash of PASSWORD that is quicker than those that are made for people."""
    return generate_password_hash(PASSWORD, "scrypt:1024:8:1")


def add(path: Path, name: str, role: str, scope: str = "") -> accounts.Account:
    return accounts.add_account(path, name, role=role, scope=scope, password=hashed(), clock=clock)


@cache
def _manned() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gpkg"
        write_project(tiny_contents(), path)
        for name, (role, scope) in USERS.items():
            add(path, name, role, scope)
        return path.read_bytes()


def manned_project(folder: Path) -> Path:
    """The tiny project with the users of USERS."""
    path = folder / "tiny.gpkg"
    path.write_bytes(_manned())
    return path


def manned_app(folder: Path) -> Flask:
    return create_app(manned_project(folder))


def token_of(client: FlaskClient, page: str = "/login") -> str:
    """The token of a page's first form, as a browser would send it."""
    return re.search(r'name="token" value="([^"]+)"', client.get(page).text)[1]


def signed_in(app: Flask, name: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which `name` has signed in; "" for one in which nobody has."""
    client = app.test_client()
    if name:
        answer = client.post("/login", data={"name": name, "password": password, "token": token_of(client)})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    return client


def change(client: FlaskClient, address: str, document: object, **headers: str):
    """Send a change as our own page would."""
    token = token_of(client, "/account")
    return client.post(address, json=document, headers={"X-Geogrid-Token": token, **headers})
