"""Run the application: a loopback socket of our own, waitress with four threads, a clean end by Ctrl-C."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from flask import Flask
from waitress import create_server
from werkzeug.middleware.proxy_fix import ProxyFix

from geogrid import maps
from geogrid.errors import GeogridError, InputError
from geogrid.store.accounts import has_accounts
from web import requestlog
from web.accounts import WARMING
from web.app import LOOPBACK_HOSTS, UPLOAD_BYTES, create_app

THREADS = 4
SWITCH_S = 0.0005
"""So long a thread may go on computing while another waits: an edit lets go of the interpreter at each statement to the file, and is quick again."""


def is_here(host: str) -> bool:
    """Tell whether `host` is this very machine only.

    >>> is_here("127.0.0.1"), is_here("0.0.0.0")
    (True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_host(host: str, *, has_users: bool = False) -> None:
    """Raise InputError unless `host` is this very machine, or the project has users: without them, nobody else may come in."""
    if not host or not (has_users or is_here(host)):
        raise InputError(
            f"--host {host}: this project has no users, so the service answers to this machine only; add one with `geogrid users`, leave --host"
            " out, or put a proxy that asks for a password before it",
            f"--host {host}：项目没有用户，服务只对本机开放；请先用 geogrid users 添加用户，或去掉 --host，或在前面放置需要登录的代理",
            field="host",
            value=host,
        )


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket on `port`, or on any free port where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (port, 0):
        listener = socket.socket(family, socket.SOCK_STREAM)
        # Windows would let two services share a port under SO_REUSEADDR; elsewhere it only lets a port be used again at once.
        option = getattr(socket, "SO_EXCLUSIVEADDRUSE", None) if os.name == "nt" else socket.SO_REUSEADDR
        listener.setsockopt(socket.SOL_SOCKET, option or socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host.strip("[]"), wanted))
            listener.listen(128)
        except OSError:
            listener.close()
            if not wanted:
                raise
        else:
            return listener
    raise AssertionError("a socket was bound or an error raised")


def address_of(listener: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(project_path: Path, *, host: str, port: int, announce: Callable[[str], None], behind_proxy: bool = False) -> None:
    """Serve until Ctrl-C or SIGTERM. `announce` is called with the address once it answers."""
    has_users = has_accounts(project_path)
    check_host(host, has_users=has_users)
    trusted = None if behind_proxy or not is_here(host) else LOOPBACK_HOSTS
    app = create_app(project_path, trusted_hosts=trusted, behind_proxy=behind_proxy)
    requestlog.show()
    application = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1) if behind_proxy else app
    listener = bind("127.0.0.1" if host == "localhost" else host, port)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that a page asks for many things at once is no news for the terminal
    # Behind a proxy nobody may bring data in, unless an administrator can sign in.
    largest = app.config["MAX_CONTENT_LENGTH"] if behind_proxy and not has_users else UPLOAD_BYTES
    sys.setswitchinterval(SWITCH_S)
    server = create_server(application, sockets=[listener], threads=THREADS, ident=None, max_request_body_size=largest)
    for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT too: a shell starts background jobs deaf to it
        signal.signal(number, _stop)
    imports = app.extensions["geogrid.importing"]
    imports.imports.tidy()
    if project_path.exists():
        threading.Thread(target=warm, args=(app,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):  # also one that comes before the server has begun to listen for it
        announce(address_of(listener))
        server.run()
    server.close()
    if not imports.end():
        imports.imports.tidy()
        os._exit(0)  # a stage of a build that nobody waits for any more would hold the program up; what it wrote is away already


PEOPLE = "/data/main_0_0/people/answer.json"
"""Data of a page as it was are answered as they are now."""


def warm(app: Flask) -> None:
    """Compute what the first visitor would wait for; a failure here shows itself on the page."""
    client = app.test_client()
    for path in ("/", "/checks", "/stations", "/api/reach/stations", "/cameras", "/api/reach/cameras", "/edit", "/people", PEOPLE):
        client.get(path, headers={"Host": "127.0.0.1"}, environ_overrides={WARMING: True})
    for prepare in (app.extensions["geogrid.editing"].prepare, lambda: maps.prepare(app.extensions["geogrid"].current().project)):
        with suppress(GeogridError):
            prepare()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
