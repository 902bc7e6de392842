"""The errors that clients are told, each with a stable code. Those of the library keep their own codes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import makeready
from starlette.exceptions import HTTPException

CODES = {
    "direct": (403, "the request did not come by the front"),
    "no_original": (404, "there is no such document"),
    "no_path": (404, "nothing is served at this path"),
    "method": (405, "only GET is answered here"),
    "busy": (503, "the picture is being made, or too much is"),
    "timeout": (504, "the picture was not made in time"),
    "gone": (499, "the client did not wait"),
    "store_full": (507, "the store takes no more"),
    "store_down": (503, "the store does not answer, or refuses"),
    "store_slow": (504, "the store did not answer in time"),
    "internal": (500, "the service is at fault"),
}


@dataclass(eq=False)
class ProblemError(Exception):
    """An error with a code, the message and status of the answer, and the option or limit at fault."""

    code: str
    message: str = ""
    status: int = 0
    retry_after: float | None = None
    parameter: str | None = None

    def __post_init__(self) -> None:
        """Take the status and the message that the code has, where none is given."""
        if not self.status:
            self.status, self.message = CODES[self.code]

    @classmethod
    def of(cls, error: Exception) -> ProblemError:
        """Give what clients are told of an error; the library's are told in its own words."""
        match error:
            case ProblemError():
                return error
            case makeready.MakereadyError(code=code, http_status=status, retry_after=retry_after):
                # All options are of the key.
                parameter = "key" if code == "invalid_option" else error.limit
                return cls(code, str(error), status, retry_after, parameter)
            case HTTPException(status_code=405):
                return cls("method")
            case HTTPException():
                return cls("no_path")
            case _:
                return cls("internal")

    @property
    def headers(self) -> dict[str, str]:
        """Say never to keep the answer, and when to try again where that is worth it."""
        again = {"Retry-After": str(math.ceil(self.retry_after))} if self.retry_after else {}
        return {"Cache-Control": "no-store"} | again

    def body(self) -> dict[str, str]:
        """Give the JSON of the answer."""
        parameter = {"parameter": self.parameter} if self.parameter else {}
        return {"code": self.code, "message": self.message} | parameter
