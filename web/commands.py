"""`geogrid serve PROJECT` and `geogrid demo`, registered in the entry-point group `geogrid.commands`.

The pages are imported by those who show them only: a list of commands needs no server.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import click

import geogrid
from geogrid.cli.language import language
from geogrid.errors import GeogridError, StoreError

PORT = 8000
DEMO_SYSTEM = "lubei"
_STAMP = "demo.json"


@click.command(epilog="Example: geogrid serve lixia.gpkg --port 8080")
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; without users only this machine's own.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="Port; another free one is taken when it is in use.")
@click.option("--behind-proxy", is_flag=True, help="Trust one proxy's X-Forwarded headers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document with the address.")
def serve(project: Path, host: str, port: int, behind_proxy: bool, as_json: bool) -> None:
    """Show PROJECT's pages and API on this machine until Ctrl-C. Where there is no such file yet, data are brought in at /import."""
    from geogrid.store.accounts import has_accounts
    from web import service

    with _ends_with_a_sentence():
        _check_project(project)
        service.check_host(host, has_users=has_accounts(project))
        if not behind_proxy and not service.is_here(host):
            said = "Passwords travel readably over this network: better a proxy with HTTPS before it, and --behind-proxy."
            _say(_either("密码将以明文经过网络：最好在前面放置 HTTPS 代理，并加 --behind-proxy。", said))
        announce = lambda at: _announce(at, project, port, as_json, ())  # noqa: E731
        service.run(project, host=host, port=port, announce=announce, behind_proxy=behind_proxy)


@click.command(epilog="Example: geogrid demo --port 8080")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the demo [default: $GEOGRID_HOME, else ./demo].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port [default: $GEOGRID_PORT, else 8000]; another free one when it is in use.")
@click.option("--no-serve", is_flag=True, help="Simulate and build only.")
@click.option("--scale", default=1.0, show_default=True, type=click.FloatRange(0, 1, min_open=True), help="Keep about this share of the communities.")
@click.option("--seed", default=0, show_default=True, help="Seed of the simulation.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document with the address.")
def demo(out: Path | None, port: int | None, no_serve: bool, scale: float, seed: int, as_json: bool) -> None:
    """Simulate the district of Lubei, build it and show it; what is built already is used again."""
    with _ends_with_a_sentence():
        folder = out or Path(os.environ.get("GEOGRID_HOME") or "demo")
        project = _built_demo(folder, scale=scale, seed=seed)
        if no_serve:
            click.echo(json.dumps({"project": str(project)}) if as_json else str(project))
            return
        from web import service

        wanted = port if port is not None else _port_of(os.environ.get("GEOGRID_PORT", ""))
        service.run(project, host="127.0.0.1", port=wanted, announce=lambda at: _announce(at, project, wanted, as_json, _things_to_try(at)))


def _built_demo(folder: Path, *, scale: float, seed: int) -> Path:
    """Return the demo's project, made anew unless the one in `folder` is of this program, seed and scale."""
    project, stamp = folder / f"{DEMO_SYSTEM}.gpkg", folder / _STAMP
    from web.api import program_version

    wanted = {"geogrid": program_version(), "system": DEMO_SYSTEM, "seed": seed, "scale": scale, "code": _code_digest()}
    if project.is_file() and _read_stamp(stamp) == wanted:
        said = f"Using the demo in {folder} (built before; delete the folder to build it anew)."
        _say(_either(f"使用 {folder} 里已建好的演示（删去该文件夹即可重建）。", said))
        return project
    from geogrid.pipeline.build import build
    from geogrid.pipeline.simulated import simulate_sources

    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    _say(_either(f"正在模拟 {DEMO_SYSTEM}，写入 {folder} ……", f"Simulating {DEMO_SYSTEM} into {folder} …"))
    progress = _Progress()
    recipe = simulate_sources(DEMO_SYSTEM, folder / DEMO_SYSTEM, seed=seed, scale=scale, progress=progress)
    project.unlink(missing_ok=True)
    build(recipe, project, progress=progress)
    progress.close()
    stamp.write_text(json.dumps(wanted), "utf-8")
    return project


def _code_digest() -> str:
    """Digest of the code and data that make a project, so that a demo built by older code is not shown as this one's."""
    digest = hashlib.sha256()
    files = Path(geogrid.__file__).parent.rglob("*")
    for path in sorted(path for path in files if path.suffix in (".py", ".toml", ".csv", ".geojson")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _read_stamp(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


class _Progress:
    """Prints each stage of a build with its seconds."""

    def __init__(self) -> None:
        self._stage = ""
        self._since = time.monotonic()

    def __call__(self, stage: str, *_details: Any) -> None:
        """Note that `stage` begins; what else a pipeline tells of it is not shown."""
        if stage != self._stage:
            self.close()
            self._stage, self._since = stage, time.monotonic()
            click.echo(f"  {stage} …", nl=False, err=True)

    def close(self) -> None:
        """Say how long the last stage took."""
        if self._stage:
            click.echo(f" {time.monotonic() - self._since:.1f} s", err=True)
        self._stage = ""


def _check_project(path: Path) -> None:
    """Raise StoreError unless `path` is a project, or may become one: nothing there, in a folder that is."""
    from geogrid.store import check_target, open_project

    if path.exists():
        open_project(path).close()
        return
    if path.suffix.lower() != ".gpkg":
        message = f"{path}: there is no such file; a new project is called something.gpkg"
        raise StoreError(message, f"{path}：没有这个文件；新项目的文件名应以 .gpkg 结尾", file=str(path))
    check_target(path)


def _port_of(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) < 65536 else PORT


def _things_to_try(address: str) -> tuple[str, ...]:
    if language() == "zh":
        return (
            f"在 {address} 按 /，输入名称或编码，如“和”",
            f"看哪里有问题：{address}checks",
            f"以 GeoJSON 取同样的数据：{address}api/units?level=grid",
        )
    return (
        f"Press / on {address} and type a name or a code, for instance 和",
        f"See what is not right, and where: {address}checks",
        f"Get the same as GeoJSON: {address}api/units?level=grid",
    )


def _announce(address: str, project: Path, wanted: int, as_json: bool, tries: tuple[str, ...]) -> None:
    if as_json:
        click.echo(json.dumps({"address": address, "project": str(project)}))
        sys.stdout.flush()
        return
    if wanted and f":{wanted}/" not in address:
        _say(_either(f"端口 {wanted} 已被占用，改用另一个。", f"Port {wanted} is taken; another is used."))
    if project.exists():
        click.echo(_either(f"请在浏览器打开 {address} 查看 {project.name}", f"geogrid shows {project.name} at {address}"))
    else:
        there_is_none = f"There is no {project.name} yet: bring data in at {address}import"
        click.echo(_either(f"还没有 {project.name}：请在 {address}import 导入数据", there_is_none))
    for index, text in enumerate(tries, 1):
        click.echo(f"  {index}. {text}")
    click.echo(_either("按 Ctrl-C 结束。", "Ctrl-C ends it."))
    sys.stdout.flush()


def _either(chinese: str, english: str) -> str:
    return chinese if language() == "zh" else english


def _say(text: str) -> None:
    click.echo(text, err=True)


class _ends_with_a_sentence:  # noqa: N801 - reads as a clause
    """Turn the program's errors into one line and exit code 2, and Ctrl-C during a build into 130; a service ends with 0."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> bool:
        if isinstance(error, GeogridError):
            click.echo(_either(f"错误：{error.message_zh}", f"Error: {error.message}"), err=True)
            sys.exit(2)
        if isinstance(error, KeyboardInterrupt):
            click.echo(_either("\n没有做完就停止了。", "\nStopped before it was done."), err=True)
            sys.exit(130)
        return False
