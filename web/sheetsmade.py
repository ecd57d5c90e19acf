"""Sheets as the visitor may see them: what the address orders, the sheets gathered of his view, and how far a long download is."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from cachetools import LRUCache, TTLCache
from flask import Flask, current_app, request

from geogrid.errors import InputError
from geogrid.sheets.papers import KINDS, PAPER_OF, PAPERS, Paper
from web import lookups
from web.language import LANGUAGES, language
from web.served import Served

if TYPE_CHECKING:  # Typst and its type are heavy, and most visits print nothing
    from geogrid.pipeline.sheet_files import Order
    from geogrid.pipeline.sheets import Sheets
    from geogrid.sheets.values import Sheet

MOST = 400
"""So many sheets come in one download; more are made by the command `geogrid sheets`."""
KEPT = 4
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Asked(NamedTuple):
    """What kind of sheet is asked for, on which paper, in which language."""

    kind: str
    paper: Paper
    lang: str


def install(app: Flask) -> None:
    """Keep for each download that is under way how many sheets are done, of how many."""
    app.extensions["geogrid.sheets"] = TTLCache(200, ttl=3600)


def asked() -> Asked:
    """Return what the address asks for: `?kind=&paper=&sheet_lang=`. Raises InputError for what there is not."""
    kind = _one_of("kind", KINDS, KINDS[0])
    lang = _one_of("sheet_lang", tuple(LANGUAGES), language())
    return Asked(kind, PAPERS[_one_of("paper", tuple(PAPERS), PAPER_OF[kind])], lang)


def order(what: Asked, form: str, *, is_one: bool = False, ppi: float | None = None) -> Order:
    """Return what is made; `form` pdf, png or svg."""
    from geogrid.pipeline.sheet_files import Order

    made = Order(what.kind, what.paper, form, what.lang, is_one=is_one)
    return made if ppi is None else Order(what.kind, what.paper, form, what.lang, is_one, ppi)


def sheets(now: Served, lang: str) -> tuple[Sheets, threading.RLock]:
    """Return the sheets of what the visitor sees, people as they are in this hour or at `?when=`, and the lock under which one gathers."""
    from geogrid.pipeline.sheets import Sheets, Wanted

    when = lookups.moment().replace(minute=0, second=0, microsecond=0)
    wanted = Wanted(lang, when, address())
    kept, lock = now.keep("sheets", lambda: (LRUCache(KEPT), threading.RLock()))
    with lock:
        if wanted not in kept:
            kept[wanted] = Sheets(now.project, lookups.lookup(now), wanted)
        return kept[wanted], lock


def address() -> str:
    """Return the address of the service for the code to scan, "" where nobody else can reach it."""
    host = urlsplit(request.host_url).hostname or ""
    return "" if host in _LOOPBACK else request.host_url.rstrip("/")


def of_unit(now: Served, what: Asked, level: str, code: str) -> list[Sheet]:
    """Return the sheets of one unit: its notice, or the plates of its stairwells. Raises InputError where it has none."""
    from geogrid.pipeline.sheet_files import check_any
    from geogrid.pipeline.sheets import gathered

    made, lock = sheets(now, what.lang)
    with lock:
        found = list(gathered(made, [(level, code)], what.kind, what.paper))
    check_any(found, what.kind)
    return found


def bundle(now: Served, what: Asked, units: Sequence[tuple[str, str]], form: str, key: str) -> bytes:
    """Return the sheets of units: a PDF of all (`form` pdf), else a ZIP of a file each. Raises InputError for none, and for too many."""
    from geogrid.pipeline.sheet_files import one_file
    from geogrid.pipeline.sheets import gathered

    if len(units) > MOST:
        message = f"{len(units):,} units are more than the {MOST} of one download; filter the table, or use the command geogrid sheets"
        raise InputError(message, f"{len(units):,} 个单元超过一次下载的 {MOST} 个；请先筛选表格，或使用命令 geogrid sheets", value=len(units))
    made, lock = sheets(now, what.lang)
    with lock:
        if form == "pdf":
            return one_file(gathered(made, units, what.kind, what.paper), order(what, "pdf", is_one=True))[1]
        return _zipped(_files(made, units, order(what, form.removeprefix("zip-")), len(units), key))


def _files(made: Sheets, units: Sequence[tuple[str, str]], wanted: Order, n: int, key: str) -> Iterator[tuple[str, bytes]]:
    from geogrid.pipeline.sheet_files import Names, check_any
    from geogrid.pipeline.sheet_files import made as set_all
    from geogrid.pipeline.sheets import gathered

    names = Names()
    for done, (sheet, body) in enumerate(set_all(gathered(made, units, wanted.kind, wanted.paper), wanted), 1):
        yield names.of(sheet.file, wanted.form), body
        _tell(key, done, max(n, done))
    check_any(names.given, wanted.kind)


def _zipped(files: Iterator[tuple[str, bytes]]) -> bytes:
    """Return a ZIP; PDF and PNG are small already, so nothing is squeezed; the same sheets give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, body in files:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), body)
    return out.getvalue()


def _tell(key: str, done: int, n: int) -> None:
    if key:
        current_app.extensions["geogrid.sheets"][key] = (done, n)


def progress(key: str) -> dict[str, Any]:
    """Return how many sheets of a download are done, of how many; 0 of 0 for one that is not begun."""
    done, n = current_app.extensions["geogrid.sheets"].get(key, (0, 0))
    return {"done": done, "n": n}


def _one_of(name: str, known: Sequence[str], usual: str) -> str:
    value = request.args.get(name, "") or usual
    if value not in known:
        raise InputError(
            f"{name}={value[:40]!r}: write one of {', '.join(known)}", f"{name}=“{value[:40]}”：可用 {'、'.join(known)}", field=name, value=value
        )
    return value
