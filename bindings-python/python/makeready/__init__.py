"""Stitches, resizes, crops and encodes images in-process, as a planned pipeline that works in bands.

A pipeline is a plan: calls only record. Before a pixel moves, crops and shrinks travel down, through a stitch
into each tile's decoder, which then decodes at a smaller scale and only what is needed.

Example:
    >>> import makeready
    >>> tile = makeready.Image(40, 30, 3, bytes(3600))
    >>> page = makeready.Pipeline.stitch([tile] * 4, across=2)
    >>> preview = page.resize(16, 12).encode("jpeg", quality=80).run()
    >>> preview.width, preview.height, preview.content_type
    (16, 12, 'image/jpeg')

"""

import os

from ._errors import (
    BusyError,
    DeadlineError,
    ForbiddenError,
    InternalError,
    InvalidOptionError,
    IoError,
    JobCancelledError,
    LimitExceededError,
    MakereadyError,
    MalformedError,
    NotAcceptableError,
    TruncatedError,
    UnsupportedError,
)
from ._native import (
    CancelToken,
    Image,
    Rendition,
    __version__,
    configure,
    explain_all,
    job_stats,
    optimization_names,
    pipelines_to_json,
    placeholder,
    plan_all,
    prepare_fork,
    probe,
    run_all,
    run_all_async,
    sign,
    stats,
    verify,
)
from ._pipeline import Pipeline, pipelines_from_json
from ._results import (
    ChannelStats,
    Exif,
    JobStats,
    Negotiated,
    Output,
    Percentiles,
    Planned,
    PlannedDecode,
    Probe,
    Stats,
    Timings,
)
from ._serve import Policy, edge_function, negotiate
from ._types import Input

__all__ = [
    "BusyError",
    "CancelToken",
    "ChannelStats",
    "DeadlineError",
    "Exif",
    "ForbiddenError",
    "Image",
    "Input",
    "InternalError",
    "InvalidOptionError",
    "IoError",
    "JobCancelledError",
    "JobStats",
    "LimitExceededError",
    "MakereadyError",
    "MalformedError",
    "Negotiated",
    "NotAcceptableError",
    "Output",
    "Percentiles",
    "Pipeline",
    "Planned",
    "PlannedDecode",
    "Policy",
    "Probe",
    "Rendition",
    "Stats",
    "Timings",
    "TruncatedError",
    "UnsupportedError",
    "__version__",
    "configure",
    "edge_function",
    "explain_all",
    "job_stats",
    "negotiate",
    "optimization_names",
    "pipelines_from_json",
    "pipelines_to_json",
    "placeholder",
    "plan_all",
    "probe",
    "run_all",
    "run_all_async",
    "sign",
    "stats",
    "verify",
]

# They read, compare and pickle under the names that users import.
for _value in list(globals().values()):
    if getattr(_value, "__module__", "").startswith("makeready._"):
        _value.__module__ = "makeready"

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=prepare_fork)
