"""`python -m geogrid`: the same as the `geogrid` command."""

from geogrid.cli import main

if __name__ == "__main__":
    main()
