"""The store: a private bucket of S3, by boto3 on threads of its own as boto3 blocks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from .calls import Calls, hold_connections
from .errors import ProblemError
from .settings import Settings

T = TypeVar("T")

CACHE_CONTROL = "private, max-age=3600"
# Botocore lets these pass where it reads a broken answer, as does what is read of one here.
UNREADABLE = (KeyError, RecursionError, TypeError, ValueError)
EXISTS = (409, 412)
CHANGED = (404, 409, 412)


@dataclass(frozen=True)
class Stored:
    """An object and its media type."""

    data: bytes
    content_type: str


@dataclass(frozen=True)
class Held:
    """A version of an object, and its age in seconds by the clock of the store."""

    etag: str
    age: float


class Store:
    """Reads and writes objects; an object is there as a whole or not at all."""

    def __init__(self, settings: Settings) -> None:
        """Make a client; credentials are those of the environment, as boto3 finds them."""
        self._bucket = settings.bucket
        self._calls = Calls(settings.store_threads, settings.store_seconds)
        self._client = boto3.client(
            "s3",
            endpoint_url=settings.store_url or None,
            config=Config(
                connect_timeout=settings.store_seconds,
                read_timeout=settings.store_seconds,
                retries={"mode": "standard", "total_max_attempts": 1},
                max_pool_connections=settings.store_threads,
                request_checksum_calculation="when_required",
                s3={"addressing_style": "path"},
            ),
        )
        hold_connections(self._client)

    async def get(self, key: str, limit: int | None = None) -> Stored | None:
        """Read an object; None where there is none. One of more bytes than the limit is not read."""
        return await self._call(lambda: self._get(key, limit), absent=(404,))

    def _get(self, key: str, limit: int | None) -> Stored:
        answer = self._client.get_object(Bucket=self._bucket, Key=key)
        with closing(answer["Body"]) as body:
            size = answer["ContentLength"]
            if limit is not None and size > limit:
                message = f"the document has {size} bytes, at most {limit} are read"
                raise ProblemError("limit_exceeded", message, 413, parameter="max_input_bytes")
            return Stored(body.read(), answer["ContentType"])

    async def put(self, key: str, stored: Stored) -> None:
        """Write an object. One whose writing fails may be there all the same, at once or later."""
        await self._call(
            lambda: self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=stored.data,
                ContentType=stored.content_type,
                CacheControl=CACHE_CONTROL,
            )
        )

    async def create(self, key: str, data: bytes) -> str | None:
        """Write an object where there is none, and give its ETag; None where there is one."""
        return await self._call(
            lambda: self._client.put_object(
                Bucket=self._bucket, Key=key, Body=data, IfNoneMatch="*"
            )["ETag"],
            absent=EXISTS,
        )

    async def replace(self, key: str, data: bytes, etag: str) -> str | None:
        """Write an object in place of one version, and give its ETag; None where that version is gone."""
        return await self._call(
            lambda: self._client.put_object(Bucket=self._bucket, Key=key, Body=data, IfMatch=etag)[
                "ETag"
            ],
            absent=CHANGED,
        )

    async def look(self, key: str) -> Held | None:
        """Find the version of an object, and its age."""
        return await self._call(lambda: self._look(key), absent=(404,))

    def _look(self, key: str) -> Held:
        answer = self._client.head_object(Bucket=self._bucket, Key=key)
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        return Held(answer["ETag"], (now - answer["LastModified"]).total_seconds())

    async def delete(self, key: str, etag: str) -> None:
        """Delete one version of an object, where it is still there."""
        await self._call(
            lambda: self._client.delete_object(Bucket=self._bucket, Key=key, IfMatch=etag),
            absent=CHANGED,
        )

    async def forget(self, key: str) -> None:
        """Delete an object, whatever its version."""
        await self._call(lambda: self._client.delete_object(Bucket=self._bucket, Key=key))

    async def _call(self, call: Callable[[], T], absent: tuple[int, ...] = ()) -> T | None:
        try:
            return await self._calls.run(call)
        except (TimeoutError, ConnectTimeoutError, ReadTimeoutError):
            raise ProblemError("store_slow", retry_after=1) from None
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status in absent:
                return None
            code = "store_full" if status == 507 else "store_down"
            raise ProblemError(code, retry_after=1) from None
        except (BotoCoreError, *UNREADABLE):
            raise ProblemError("store_down", retry_after=1) from None

    def close(self) -> None:
        """End calls that run, and close."""
        self._calls.close()
        self._client.close()
