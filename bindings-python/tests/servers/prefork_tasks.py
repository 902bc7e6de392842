"""A Celery application that has run jobs before its pool forks; messages lie in a folder."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery  # type: ignore[import-untyped]
from prefork_app import EXPECTED, JOB, LOADED_BY

FOLDER = Path(os.environ["MESSAGES"])

app = Celery("prefork_tasks", broker="filesystem://", backend=f"file://{FOLDER / 'results'}")
app.conf.broker_transport_options = {
    "data_folder_in": str(FOLDER / "messages"),
    "data_folder_out": str(FOLDER / "messages"),
    "control_folder": str(FOLDER / "control"),
}


@app.task  # type: ignore[untyped-decorator]
def render() -> tuple[int, int, bool]:
    """Tell who loaded this, who works, and whether the job gives the same bytes as before the fork."""
    return LOADED_BY, os.getpid(), JOB.run().data == EXPECTED
