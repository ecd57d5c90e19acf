"""What signs the cookies: a key in a file beside the project that nobody else may read, and cookies that no script and no other site can use."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask

from geogrid.errors import StoreError
from geogrid.store.accounts import has_accounts

_HOURS = 12


def install(app: Flask, project: Path, *, is_secure: bool) -> None:
    """Set the key and the cookies up; `is_secure`: browsers come by HTTPS. Raises StoreError where the key of a project with users is not safe.

    Without users the key lives as long as the service.
    """
    app.secret_key = secrets.token_hex(32)
    app.config.update(
        SESSION_COOKIE_NAME="geogrid",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=_HOURS),
    )
    has_users = False
    with suppress(StoreError):  # a project that can not be read says so on every page
        has_users = has_accounts(project)
    if has_users:
        app.secret_key = read_key(project)


def key_path(project: Path) -> Path:
    """Return where the key of a project lies.

    >>> key_path(Path("a/lixia.gpkg")).name
    'lixia.key'
    """
    return project.with_suffix(".key")


def read_key(project: Path) -> str:
    """Return the project's key, made at first. Raises StoreError where others may read it, or it can not be kept."""
    path = key_path(project)
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise StoreError(
                f"{path.name}: other users of this machine may read the key that signs sessions; run chmod 600 on it, or delete it",
                f"{path.name}：本机其他用户可以读取会话密钥；请执行 chmod 600，或将其删除",
                file=path.name,
            )
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeError) as error:
        raise StoreError(f"{path.name}: can not be kept or read: {error}", f"{path.name}：无法保存或读取：{error}", file=path.name) from error
    if len(key) < 64:
        raise StoreError(f"{path.name}: is no key; delete it and start again", f"{path.name}：不是有效的密钥，请删除后重新启动", file=path.name)
    return key


def _make(path: Path) -> None:
    """Make the key file whole or not at all; of two who do so at once one wins."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with suppress(FileNotFoundError):
        beside.unlink()
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    try:
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()
