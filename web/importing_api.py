"""The API of imports: make one, drop files, choose, build, use, delete; JSON and multipart, from our own pages and this machine only."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from urllib.parse import quote

import pandas as pd
from flask import Blueprint, Request, Response, current_app, request, url_for
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from geogrid.errors import InputError, NotFoundError
from web import guard
from web.importing_choices import checked
from web.importing_files import dropped, safe_name, same_name, size_of, with_parts
from web.importing_mending import copy_of
from web.importing_service import Importing, importing, is_current
from web.importing_store import Place
from web.refusals import BusyError, TooLargeError
from web.served import to_bytes

blueprint = Blueprint("imports", __name__, url_prefix="/api/imports")


class Streamed(Request):
    """A request whose files go straight to the import that they are for, not through memory or the machine's folder for scratch files."""

    incoming: Path | None = None

    def _get_file_stream(self, *arguments: Any, **named: Any) -> IO[bytes]:
        if self.incoming is None:
            return super()._get_file_stream(*arguments, **named)
        return tempfile.NamedTemporaryFile("rb+", dir=self.incoming, delete=False)


@blueprint.before_request
def _guarded() -> None:
    guard.check_administrator()
    guard.check_change()


@blueprint.get("")
def listed() -> Response:
    """List the imports, the one changed last first."""
    mine = importing()
    return _json({"imports": [_short(mine, place) for place in mine.imports.all()]})


@blueprint.post("")
def create() -> tuple[Response, int]:
    """Make a new import."""
    place = importing().imports.create()
    return _json({"id": place.id, "page": url_for("importing.import_page", import_id=place.id)}), 201


@blueprint.get("/<import_id>")
def shown(import_id: str) -> Response:
    """Tell everything about an import: files, layers, what was chosen, what can not be used, what runs."""
    mine = importing()
    place = mine.imports.find(import_id)
    return _json(told(mine, place))


@blueprint.post("/<import_id>/files")
def upload(import_id: str) -> Response:
    """Take files in (multipart, any field names). A file of the same name is replaced; what has another ending is refused, all of the request."""
    mine = importing()
    place = mine.imports.find(import_id)
    if (job := mine.jobs.at(place.id)) and job["what"] == "build":
        raise BusyError("a draft is being built; wait for it, or stop it", "正在生成草案，请等它完成，或先停止")
    request.max_content_length = min(current_app.config["IMPORT_REQUEST_BYTES"], mine.imports.room())
    with TemporaryDirectory(dir=place.folder, prefix=".in-") as incoming:
        request.incoming = Path(incoming)  # type: ignore[attr-defined]
        try:
            kept = _take_in(place)
        except RequestEntityTooLarge:
            room = f"{request.max_content_length or 0:,}"
            raise TooLargeError(f"too large: {room} bytes may come in at once here", f"文件太大：这里一次最多还能放 {room} 字节") from None
    mine.imports.change(place, {})
    return _json({"files": kept, **told(mine, place)})


def _take_in(place: Place) -> list[str]:
    """Name the files that came, all or none of them; each is on the disk already."""
    came = [file for _, files in request.files.lists() for file in files if file.filename]
    if not came:
        raise InputError("no file came with the request", "请求中没有文件")
    named = [(safe_name(file.filename or ""), file) for file in came]
    for name, file in named:
        file.stream.flush()
        file.stream.close()
        for old in same_name(place.files, name):
            old.unlink()
        Path(file.stream.name).replace(place.files / name)
    return [name for name, _ in named]


@blueprint.delete("/<import_id>/files/<name>")
def remove_file(import_id: str, name: str) -> Response:
    """Take a file away again, with the parts of a shapefile."""
    mine = importing()
    place = mine.imports.find(import_id)
    found = [path for path in with_parts(place.files, safe_name(name)) if path.parent == place.files]
    if not found:
        raise NotFoundError(f"there is no file {name!r} in this import", f"这个导入里没有文件 {name!r}", value=name[:200])
    for path in found:
        path.unlink(missing_ok=True)
    layers = {key: choice for key, choice in mine.imports.state(place)["layers"].items() if not key.startswith(name + "|")}
    mine.imports.change(place, {"layers": layers})
    return _json(told(mine, place))


@blueprint.patch("/<import_id>")
def change(import_id: str) -> Response:
    """Note choices: `name`, `scheme`, `bounds` by level, `layers` by key with `role crs encoding columns swap homes mend`; null takes one back."""
    mine = importing()
    place = mine.imports.find(import_id)
    changes = checked(_body(), mine.imports.state(place))
    mine.imports.change(place, changes)
    return _json(told(mine, place))


@blueprint.post("/<import_id>/build")
def build(import_id: str) -> tuple[Response, int]:
    """Begin to build the draft; `{"accept": true}` says that rows that can not be used are left out."""
    mine = importing()
    place = mine.imports.find(import_id)
    mine.build(place, accept=_body().get("accept") is True)
    return _json(told(mine, place)), 202


@blueprint.post("/<import_id>/stop")
def stop(import_id: str) -> Response:
    """Call off what runs; it ends with its stage."""
    mine = importing()
    place = mine.imports.find(import_id)
    mine.jobs.drop(place.id, patience_s=5.0)
    return _json(told(mine, place))


@blueprint.post("/<import_id>/use")
def use(import_id: str) -> Response:
    """Put the draft in the place of the served project; `{"force": true}` where that one holds edits."""
    mine = importing()
    place = mine.imports.find(import_id)
    if mine.jobs.at(place.id):
        raise BusyError("the import is still at work; wait for it", "这个导入还在处理，请稍候")
    mine.use(place, force=_body().get("force") is True)
    return _json({**told(mine, place), "page": url_for("pages.overview_page")})


@blueprint.delete("/<import_id>")
def delete(import_id: str) -> Response:
    """Take an import away: files, recipe and draft. The served project is not touched."""
    mine = importing()
    mine.delete(mine.imports.find(import_id))
    return _json({"deleted": import_id})


@blueprint.get("/<import_id>/preview.json")
def preview(import_id: str) -> Response:
    """Serve what the map draws of the files."""
    place = importing().imports.find(import_id)
    return _json(place.load("preview") or {"bbox": None, "layers": [], "crosses": [], "crosses_n": 0})


@blueprint.get("/<import_id>/recipe.toml")
def recipe(import_id: str) -> Response:
    """Serve the recipe, to be kept."""
    place = importing().imports.find(import_id)
    if not place.recipe.is_file():
        raise NotFoundError("there is no recipe yet: no file plays a role", "还没有配方：没有文件承担角色")
    return _attached(place.recipe.read_bytes(), "recipe.toml", "application/toml")


@blueprint.get("/<import_id>/mended/<name>")
def mended(import_id: str, name: str) -> Response:
    """Serve a mended copy of a layer, or the areas of its units before and after."""
    path = copy_of(importing().imports.find(import_id), name)
    if path is None:
        raise NotFoundError(f"there is no mended copy {name[:100]!r}", f"没有修补后的文件 {name[:100]!r}", value=name[:100])
    return _attached(path.read_bytes(), path.name, "text/csv" if path.suffix == ".csv" else "application/geopackage+sqlite3")


@blueprint.get("/<import_id>/rejected.<ending>")
def rejected(import_id: str, ending: str) -> Response:
    """Serve the rows that can not be used, as .csv or .xlsx."""
    from geogrid.exchange.sheet import rows_to_csv, rows_to_xlsx

    place = importing().imports.find(import_id)
    frame = pd.DataFrame(place.load("rejected") or [], columns=["file", "layer", "role", "row", "field", "value", "reason_zh", "reason"])
    if ending == "csv":
        return _attached(rows_to_csv(frame), "rejected.csv", "text/csv")
    if ending != "xlsx":
        raise NotFoundError(f"no download as .{ending}; there are .csv and .xlsx", f"不能下载 .{ending}；可用 .csv、.xlsx", value=ending)
    with TemporaryDirectory(prefix="geogrid-") as folder:
        path = Path(folder) / "rejected.xlsx"
        rows_to_xlsx(frame, path, "rejected")
        return _attached(path.read_bytes(), "rejected.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def told(mine: Importing, place: Place) -> dict[str, Any]:
    """Return what scripts and pages are told of an import."""
    state, reading, busy = mine.look(place)
    files = [{"name": p.name, "bytes": p.stat().st_size} for p in dropped(place.files)]
    return {
        "id": place.id,
        **{name: state[name] for name in ("bounds", "created", "changed", "used", "failed")},
        "choices": state["layers"],
        "files": files,
        **{name: reading.get(name, empty) for name, empty in _EMPTY.items()},
        "name": state["name"] or reading.get("name", ""),
        "scheme": state["scheme"] or reading.get("scheme", ""),
        "digest": reading.get("digest", ""),
        "busy": busy,
        "built": state["built"],
        "current": is_current(place, state),
    }


_LISTS: Mapping[str, Any] = {"layers": [], "refused": [], "loose": [], "findings": []}
_EMPTY: Mapping[str, Any] = {**_LISTS, "problem": None, "rejected": 0, "rows": {}, "twins": {}, "mending": {}}


def _short(mine: Importing, place: Place) -> dict[str, Any]:
    state = mine.imports.state(place)
    return {"id": place.id, "name": state["name"], "changed": state["changed"], "bytes": size_of(place.folder), "built": bool(state["built"])}


def _body() -> Mapping[str, Any]:
    """Return the JSON object of the request, {} where there is none. Raises InputError."""
    if not request.content_length:
        return {}
    try:
        body = request.get_json()
        to_bytes(body)  # JSON may have NaN, or half a character, which no file and no answer can hold
    except (BadRequest, RecursionError, ValueError):
        body = None
    if not isinstance(body, dict):
        raise InputError("send one JSON object", "请发送一个 JSON 对象")
    return body


def _json(value: Any) -> Response:
    response = Response(to_bytes(value), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _attached(body: bytes, name: str, mimetype: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(body, mimetype=mimetype, headers=headers)
