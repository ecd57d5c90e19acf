#!/bin/sh
# The main job on a fresh machine: set up, simulate and build the demo district, serve it on 127.0.0.1 and say where to look.
# GEOGRID_PORT=… another port; --no-serve builds only; --scale 0.05 a smaller district. All options go to `geogrid demo`.
. "$(dirname "$0")/setup.sh"
set_up
exec .venv/bin/geogrid demo "$@"
