"""What a request that would change something may be refused for, beside what the program itself refuses."""

from __future__ import annotations

from geogrid.errors import GeogridError, InputError, StoreError


class ForbiddenError(GeogridError):
    """What this visitor, or the page that he comes from, may not do."""

    code = "forbidden"


class BusyError(GeogridError):
    """Something waits for work that has not ended."""

    code = "busy"


class UnusableRowsError(InputError):
    """Rows that can not be used, and nobody has said that they may be left out."""

    code = "rows_unusable"


class EditsError(StoreError):
    """A project whose edits would be lost, and nobody has said that a backup of it is enough."""

    code = "edits_kept"


class TooLargeError(InputError):
    """More than may come in."""

    code = "too_large"


class SignInError(GeogridError):
    """What is shown or done only for somebody whom the project knows."""

    code = "sign_in"
