"""The store of results: a bucket of S3."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from .deadline import in_time, make_endable
from .errors import ProblemError
from .settings import Settings

T = TypeVar("T")


class Store:
    """Puts objects and looks for them, on threads of its own as boto3 blocks."""

    def __init__(self, settings: Settings) -> None:
        """Make a client; credentials are those of the environment, as boto3 finds them."""
        self._bucket = settings.bucket
        self._base = settings.results_url or _base(settings)
        self._threads = ThreadPoolExecutor(settings.store_threads, "store")
        self._seconds = settings.store_seconds
        self._client = boto3.client(
            "s3",
            endpoint_url=settings.store_url or None,
            config=Config(
                connect_timeout=settings.store_seconds,
                read_timeout=settings.store_seconds,
                retries={"mode": "standard", "total_max_attempts": 2},
                max_pool_connections=settings.store_threads,
            ),
        )
        make_endable(self._client)

    def url(self, key: str) -> str:
        """Give the address that clients read the object at."""
        return f"{self._base}/{key}"

    async def has(self, key: str) -> bool:
        """Look for an object."""
        return await self._call(lambda: self._head(key))

    def _head(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            return False
        return True

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store an object, which never changes, as its key is made of its content."""
        await self._call(
            lambda: self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=data,
                ContentType=content_type,
                CacheControl="public, max-age=31536000, immutable",
            )
        )

    async def _call(self, call: Callable[[], T]) -> T:
        try:
            return await in_time(self._threads, self._seconds, call)
        except (TimeoutError, ConnectTimeoutError, ReadTimeoutError):
            raise ProblemError("store_slow", retry_after=1) from None
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise ProblemError("store_down", code, retry_after=1) from None
        except Exception as error:
            # botocore raises what it stumbles over in an answer: ValueError, KeyError, RecursionError.
            raise ProblemError("store_down", type(error).__name__, retry_after=1) from None

    def close(self) -> None:
        """Wait for calls that run, and close."""
        self._threads.shutdown()
        self._client.close()


def _base(settings: Settings) -> str:
    if settings.store_url:
        return f"{settings.store_url}/{settings.bucket}"
    return f"https://{settings.bucket}.s3.amazonaws.com"
