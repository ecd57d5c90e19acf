"""The hostile door: reads what others send and lets in only rows that are what they say."""

from geogrid.reading.layer import read_layer
from geogrid.reading.raw import Fault, RawLayer
from geogrid.reading.sources import Sources, read_sources

__all__ = ["Fault", "RawLayer", "Sources", "read_layer", "read_sources"]
