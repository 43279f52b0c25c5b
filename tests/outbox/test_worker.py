"""A real worker in a process of its own, over each queue: what was written is sent, before it came and after."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

WRITE = """
import django; django.setup()
from portal.outbox.services import queue
queue(kind="test", key="{key}", recipient="nora@nora.example", language="nb", subject="Hei", text="Hei", html="Hei")
"""
QUEUES = [
    pytest.param("", id="files"),
    pytest.param(os.environ.get("TEST_REDIS_URL", ""), id="redis", marks=pytest.mark.redis),
]
PATIENCE = 60  # seconds; a worker that does its work needs three


@pytest.fixture
def installation(tmp_path: Path, request: Any) -> dict[str, str]:
    """A portal of its own: its database, its queue, and no mail server."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ENVIRONMENT": "test",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'worker.sqlite3'}",
        "REDIS_URL": request.param,
        "EMAIL_HOST": "",
    }
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    return environment


def run(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "the queue could not be reached"


@pytest.fixture
def worker(installation: dict[str, str]) -> Iterator[Any]:
    """Starts one, and ends it with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = ["-m", "celery", "--app", "portal", "worker", "--pool", "solo", "--loglevel", "WARNING"]
        with Path(installation["VAR_DIR"], "worker.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *command, "--without-gossip", "--without-mingle"],
                cwd=settings.BASE_DIR, env=installation, stdout=log, stderr=log,
            )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=PATIENCE)


def state_of(installation: dict[str, str], key: str) -> str:
    with sqlite3.connect(f"file:{installation['VAR_DIR']}/worker.sqlite3?mode=ro", uri=True) as database:
        (state,) = database.execute("SELECT state FROM outbox_message WHERE key = ?", [key]).fetchone()
    return str(state)


def wait_until_sent(installation: dict[str, str], key: str) -> None:
    last = time.monotonic() + PATIENCE
    while state_of(installation, key) != "sent":
        assert time.monotonic() < last, Path(installation["VAR_DIR"], "worker.log").read_text()
        time.sleep(0.1)


@pytest.mark.parametrize("installation", QUEUES, indirect=True)
def test_a_worker_sends_what_was_written_before_it_came_and_after(installation: dict[str, str], worker: Any) -> None:
    run(installation, "-c", WRITE.format(key="before"))
    assert state_of(installation, "before") == "queued"
    process = worker()
    wait_until_sent(installation, "before")
    run(installation, "-c", WRITE.format(key="after"))
    wait_until_sent(installation, "after")
    process.terminate()
    assert process.wait(timeout=PATIENCE) == 0
    assert "nora" not in Path(installation["VAR_DIR"], "worker.log").read_text()
