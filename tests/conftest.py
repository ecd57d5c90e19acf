"""What all tests share: property tests have no clock, because machines are shared and no promise is about time."""

from hypothesis import settings

settings.register_profile("geogrid", deadline=None)
settings.load_profile("geogrid")
