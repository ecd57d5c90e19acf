"""Write sheets as files, named by code: all of them or none. Setting runs on several cores while the next sheets are gathered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from geogrid.errors import InputError
from geogrid.pipeline.parallel import side_by_side, worker_count
from geogrid.sheets.papers import UPRIGHT, Paper
from geogrid.sheets.setting import PPI, set_sheets
from geogrid.sheets.values import Sheet

_UNSAFE = re.compile(r"[^\w.-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_AHEAD = 8
"""So many sheets wait to be set: no more are gathered meanwhile."""


@dataclass(frozen=True)
class Order:
    """What is made of the sheets: `kind` notice, plate or change, `form` pdf, png or svg; `is_one`: all in one PDF."""

    kind: str
    paper: Paper
    form: str
    lang: str
    is_one: bool = False
    ppi: float = PPI

    def check(self) -> None:
        """Raise InputError where a format has no pages."""
        if self.kind == "change" and (self.form != "pdf" or self.paper != UPRIGHT):
            raise InputError("a change form is a PDF on A4", "网格划分登记表只能是 A4 的 PDF", value=self.form)
        if self.is_one and self.form != "pdf":
            raise InputError(f"one file of all sheets is a PDF, not {self.form}", f"合成一个文件时只能是 PDF，不能是 {self.form}", value=self.form)


@dataclass(frozen=True)
class Written:
    """What was written: a code for each sheet, and the files."""

    sheets: list[str]
    files: list[Path]


def made(found: Iterable[Sheet], order: Order, workers: int | None = None) -> Iterator[tuple[Sheet, bytes]]:
    """Yield each sheet with its file, in order, one file a sheet; setting runs beside gathering, which `found` does as it is asked."""
    with side_by_side(worker_count(workers)) as pool:
        waiting: list[tuple[Sheet, Future[list[bytes]]]] = []
        for sheet in found:
            waiting.append((sheet, pool.submit(set_sheets, [sheet], order.paper, order.form, order.lang, order.ppi)))
            if len(waiting) > _AHEAD:
                first, done = waiting.pop(0)
                yield first, done.result()[0]
        for sheet, done in waiting:
            yield sheet, done.result()[0]


def one_file(sheets: Iterable[Sheet], order: Order) -> tuple[list[Sheet], bytes]:
    """Return all sheets and one PDF of them."""
    order.check()
    found = list(sheets)
    check_any(found, order.kind)
    return found, set_sheets(found, order.paper, order.form, order.lang)[0]


def check_any(found: Sequence[object], kind: str) -> None:
    """Raise InputError where there is no sheet."""
    if not found and kind == "change":
        raise InputError(
            "no edit to tell of: none was made, or none touched these units", "没有可登记的调整：还没有调整过，或调整没有涉及这些单元", value=kind
        )
    if not found:
        raise InputError("no stairwell with homes lies in these units", "这些单元里没有住户的单元门", value="plate")


def write_sheets(
    sheets: Iterable[Sheet],
    order: Order,
    out: Path,
    *,
    tell: Callable[[int], None] = lambda _: None,
    workers: int | None = None,
) -> Written:
    """Write sheets into a folder, beside first, then all at once. `tell` hears how many are done. Raises InputError."""
    order.check()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out.parent, prefix=".geogrid-") as folder:
            beside, names, codes = Path(folder), Names(), []
            if order.is_one:
                found, body = one_file(sheets, order)
                codes = [sheet.file for sheet in found]
                (beside / names.of(f"{order.kind}s", order.form)).write_bytes(body)
            else:
                for sheet, body in made(sheets, order, workers):
                    (beside / names.of(sheet.file, order.form)).write_bytes(body)
                    codes.append(sheet.file)
                    tell(len(codes))
            check_any(codes, order.kind)
            out.mkdir(exist_ok=True)
            files = [out / name for name in names.given]
            for file in files:
                (beside / file.name).replace(file)
            return Written(codes, files)
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(f"{out}: can not be written: {why}", f"{out}：写入失败：{why}", file=str(out)) from error


class Names:
    """Gives each sheet a name that any file system takes, no two alike."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self._taken: set[str] = set()

    def of(self, code: str, ending: str) -> str:
        """Return the name of a sheet's file.

        >>> names = Names(); names.of("1/2", "pdf"), names.of("1:2", "pdf"), names.of("con", "pdf"), names.of("..", "pdf")
        ('1_2.pdf', '1_2-2.pdf', '_con.pdf', '_.pdf')
        """
        stem = _UNSAFE.sub("_", code).strip(".")[:120] or "_"
        stem = f"_{stem}" if _RESERVED.fullmatch(stem) else stem
        name, again = f"{stem}.{ending}", 1
        while name.casefold() in self._taken:
            again += 1
            name = f"{stem}-{again}.{ending}"
        self._taken.add(name.casefold())
        self.given.append(name)
        return name
