"""How much one file may be or become: what is beyond is refused with its size, before memory or patience runs out.

Peak memory was measured as a multiple of the file (BENCHMARKS): the limits keep one file under about four gigabytes.
"""

from __future__ import annotations

from geogrid.reading.raw import refuse

MAX_BYTES = 2**30
"""Of a binary file, and of all that an archive unpacks to on disk."""
MAX_TEXT_BYTES = 128 * 2**20
"""Of a text that is parsed in memory: GeoJSON, KML, GPX, CSV."""
MAX_SHEET_BYTES = 256 * 2**20
"""Of all parts of a workbook together, unpacked."""
MAX_RATIO = 200
"""An archive that unpacks to more than so many times its size is not believed; texts of geography reach 20."""
MAX_COLUMNS = 500
MAX_CELLS = 200_000_000
"""Rows times columns: an empty column of a billion rows takes no byte in a file and eight gigabytes in memory."""
MAX_VALUE = 2**20
"""Characters of one value. What the schema lets in is shorter still; what is longer than this is no attribute at all."""
MAX_PARTS = 100_000
"""Of one area: coverage tests of GEOS take time by the square of them, seven seconds for 80,000."""
MAX_DIGITS = 300
"""Of one whole number: a longer one is beyond every float."""
CHILD_BYTES = 4 * 2**30
CHILD_SECONDS = 300
"""What a process of its own may use: address space, seconds of CPU, and twice that on the clock."""


def check_shape(file: str, rows: int, columns: int) -> None:
    """Raise InputError for a table with too many columns or cells, before it is made."""
    if columns > MAX_COLUMNS:
        raise refuse(file, f"has {columns} columns, at most {MAX_COLUMNS} are read", f"有 {columns} 列，最多读 {MAX_COLUMNS} 列")
    if rows * columns > MAX_CELLS:
        raise refuse(
            file,
            f"has {rows} rows of {columns} columns, too many to read at once; split the file",
            f"有 {rows} 行 {columns} 列，过大，请分成几个文件",
        )
