"""Run any command and print what it cost: wall and CPU seconds and its peak memory, its children included.

    python -m geogrid.bench.launch COMMAND ARGUMENTS…

A small process stands between, because on Linux the peak memory of a new process begins with that of the one that started it.
"""

from __future__ import annotations

import json
import subprocess
import sys

from geogrid.bench.meter import Meter, peak_rss_mb

if __name__ == "__main__":
    meter = Meter()
    done = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode:
        sys.exit(done.stderr.strip()[-300:] or f"exit code {done.returncode}")
    print(json.dumps(meter.read() | {"peak_rss_mb": peak_rss_mb()}))
