"""What all tests share: property tests have no clock, because machines are shared, and the same examples each run; EXPLORE=1 asks for new ones."""

import os

from hypothesis import settings

settings.register_profile("geogrid", deadline=None, derandomize=not os.environ.get("EXPLORE"))
settings.load_profile("geogrid")
