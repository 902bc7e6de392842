"""The exceptions: one base class, and a subclass for each code."""

from __future__ import annotations

from typing import ClassVar


class MakereadyError(Exception):
    """Everything that can go wrong in a job; a subclass for each code says who is to blame.

    The message is for people and says what was expected and found.

    Attributes:
        code: The stable code, the same in every language, ``"limit_exceeded"`` for instance.
        http_status: The status that a service answers with over HTTP, 413 for instance.
        input: The index of the input at fault, counted from 0 in the order the inputs were given, or None.
        limit: The name of the limit that would be passed, ``"max_memory"`` for instance, or None.
        retry_after: Seconds after which to try again, of a ``BusyError``, or None.
        parameter: The parameter of a ``Rendition`` that is at fault, ``"w"`` for instance, or None.

    """

    code: ClassVar[str] = "internal"
    http_status: ClassVar[int] = 500
    input: int | None
    limit: str | None
    retry_after: float | None
    parameter: str | None

    def __init__(
        self,
        message: str,
        input: int | None = None,
        limit: str | None = None,
        retry_after: float | None = None,
        parameter: str | None = None,
    ) -> None:
        """Keep the message, and what it is about."""
        super().__init__(message)
        self.input = input
        self.limit = limit
        self.retry_after = retry_after
        self.parameter = parameter


class InvalidOptionError(MakereadyError, ValueError):
    """The caller is to blame: a bad value, named with its allowed range, or a call that makes no sense."""

    code = "invalid_option"


class UnsupportedError(MakereadyError):
    """This build lacks the format or feature."""

    code = "unsupported"


class MalformedError(MakereadyError):
    """The bytes of the file do not follow its format."""

    code = "malformed"


class TruncatedError(MakereadyError):
    """The file ends too early."""

    code = "truncated"


class LimitExceededError(MakereadyError):
    """One of the limits would be passed; ``limit`` names it."""

    code = "limit_exceeded"


class NotAcceptableError(MakereadyError):
    """Negotiation: nothing that is allowed is acceptable."""

    code = "not_acceptable"


class ForbiddenError(MakereadyError):
    """A signature is missing, wrong or expired."""

    code = "forbidden"


class DeadlineError(MakereadyError, TimeoutError):
    """The deadline of the job has passed."""

    code = "timeout"


class JobCancelledError(MakereadyError):
    """The job was cancelled by its token.

    It is not ``asyncio.CancelledError``, which a task that was cancelled raises as usual.
    """

    code = "cancelled"


class BusyError(MakereadyError):
    """Too many jobs wait already; ``retry_after`` says when to try again."""

    code = "busy"


class IoError(MakereadyError, OSError):
    """Reading or writing failed, or memory could not be had."""

    code = "io"


class InternalError(MakereadyError):
    """A bug of this library; a caught panic is one."""

    code = "internal"


BY_CODE: dict[str, type[MakereadyError]] = {
    error.code: error for error in MakereadyError.__subclasses__()
}
