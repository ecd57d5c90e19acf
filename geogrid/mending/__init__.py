"""Safe mending of a layer of polygons: what is clear is mended and reported, what is ambiguous is listed."""
