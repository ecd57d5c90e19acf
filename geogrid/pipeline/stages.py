"""Time and memory of a build, stage by stage, told to whoever watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float], None]
"""Called with a stage's name and the share done, 0 at its start and 1 at its end."""

STAGES = {
    "read": {"zh": "读取数据", "en": "reading files"},
    "enclosures": {"zh": "围合区", "en": "enclosures"},
    "cells": {"zh": "剖分", "en": "cells"},
    "graph": {"zh": "邻接", "en": "neighbours"},
    "units": {"zh": "划分单元", "en": "units"},
    "rules": {"zh": "检查", "en": "checks"},
    "sites": {"zh": "点位归属", "en": "sites"},
    "store": {"zh": "写入项目", "en": "writing the project"},
}
SIMULATING = {
    "simulate": {"zh": "模拟数据", "en": "simulating"},
    "people": {"zh": "模拟人员、组织与事件", "en": "simulating people, organisations and events"},
}
"""Stages before a build, of a district that is simulated."""


def silent(stage: str, share: float) -> None:
    """Watch nothing."""


class Stages:
    """Times stages with a given clock (seconds) and passes them on to `progress`."""

    def __init__(self, progress: Progress = silent, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._progress, self._clock = progress, clock

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Run one stage."""
        self._progress(name, 0.0)
        start = self._clock()
        yield
        self.seconds[name] = round(self._clock() - start, 3)
        self._progress(name, 1.0)


def peak_rss_mb() -> float | None:
    """Peak memory of this process so far in megabytes; None where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0), 1)
