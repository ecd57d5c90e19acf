"""Reads foreign bytes by GDAL or Arrow in a process of its own, which may use so much memory and time and no more.

Run as a file, not as a module of the package: it needs a third of a second to start, the package two. What it writes on stdout is "A" and an
Arrow stream (geometry as WKB, `geogrid` in the schema's metadata), or "J" and a JSON object: `layers` to choose from, `error`, or `memory`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import warnings
from typing import Any

# Drivers that lead elsewhere: other files, services, programs.
_NEVER = (
    "OGR_VRT,VRT,GDALG,HTTP,WFS,OAPIF,OGCAPI,CSW,Carto,AmigoCloud,NGW,PLSCENES,EEDA,EEDAI,Elasticsearch,ADBC,GPSBabel,STACIT,STACTA,WMS,WMTS,WCS,GTI"
)
_SECOND_TIMES = ("track_points", "route_points")  # GPX gives every track a second time as points


class Choice(Exception):  # noqa: N818
    """Several layers and none named."""


def read(kind: str, path: str, layer: str, max_cells: int) -> Any:
    """Return a pyarrow.Table of one layer. `layer` "" means the only one that holds anything."""
    return _parquet(path, max_cells) if kind == "geoparquet" else _vector(kind, path, layer, max_cells)


def _parquet(path: str, max_cells: int) -> Any:
    from pyarrow import parquet

    facts = parquet.read_metadata(path)
    _check_cells(facts.num_rows, facts.num_columns, max_cells)
    return parquet.read_table(path)


def _vector(kind: str, path: str, layer: str, max_cells: int) -> Any:
    import pyogrio
    import pyogrio.raw

    names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    counts = {name: int(pyogrio.read_info(path, layer=name, force_feature_count=kind != "flatgeobuf")["features"]) for name in names}
    if not layer and len(names) > 1:
        names = [name for name in names if counts[name] > 0 and name not in _SECOND_TIMES] or names[:1]
    if layer not in names and (layer or len(names) != 1):
        raise Choice(*names)
    chosen = layer or names[0]
    info = pyogrio.read_info(path, layer=chosen)
    _check_cells(max(counts[chosen], 0), len(info["fields"]) + 1, max_cells)
    meta, table = pyogrio.raw.read_arrow(path, layer=chosen, datetime_as_string=True)
    said = {"layer": chosen, "crs": meta["crs"], "geometry": meta["geometry_name"] or "wkb_geometry", "claimed": counts[chosen]}
    return table.replace_schema_metadata({b"geogrid": json.dumps(said).encode()})


def _check_cells(rows: int, columns: int, most: int) -> None:
    if rows * columns > most:
        raise ValueError(f"claims {rows} rows of {columns} columns, too many to read at once")


def _limit(size: int, seconds: int) -> None:
    """Bound address space and CPU time where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main(kind: str, path: str, layer: str, max_cells: str, size: str, seconds: str) -> None:
    """Read one layer and write it on stdout."""
    if kind != "geoparquet":  # pyogrio takes both along where it finds them, and they are most of the start
        sys.modules["geopandas"] = sys.modules["pandas"] = None  # type: ignore[assignment]
    os.environ |= {"GDAL_SKIP": _NEVER, "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}
    warnings.simplefilter("ignore")
    _limit(int(size), int(seconds))
    out = sys.stdout.buffer
    try:
        table = read(kind, path, layer, int(max_cells))
        import pyarrow as pa

        out.write(b"A")
        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)
    except Choice as choice:
        out.write(b"J" + json.dumps({"layers": list(choice.args)}).encode())
    except MemoryError:
        out.write(b'J{"memory": true}')
    except Exception as error:
        out.write(b"J" + json.dumps({"error": " ".join(str(error).split())[:200]}).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
