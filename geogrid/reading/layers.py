"""All layers of a file, where `read_layer` wants one to be named."""

from __future__ import annotations

from pathlib import Path

from geogrid.errors import InputError
from geogrid.reading.layer import read_layer
from geogrid.reading.raw import RawLayer


def read_layers(path: str | Path, *, layer: str | None = None, encoding: str | None = None) -> list[RawLayer]:
    """Read every layer of a file as it stands, or the one that is named. Raises InputError when the file can not be read."""
    try:
        return [read_layer(path, layer=layer, encoding=encoding)]
    except InputError as error:
        names = error.facts.get("layers", ())
        if layer is not None or not names:
            raise
    return [read_layer(path, layer=name, encoding=encoding) for name in names]
