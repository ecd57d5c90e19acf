"""The command line: each command is one library call and its printing.

Results go to stdout, progress and messages to stderr. Exit codes: 0 done; 1 done, with findings of severity error; 2 unusable input or usage.
"""

from geogrid.cli.root import main

__all__ = ["main"]
