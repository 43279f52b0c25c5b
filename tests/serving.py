"""The portal as production serves it, in processes of its own: gunicorn, hashed files, the demonstration."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@contextmanager
def portal(folder: Path) -> Iterator[int]:
    """The port of a portal whose database, cache and files lie in the folder."""
    for command in (["collectstatic", "-v0", "--noinput"], ["migrate", "-v0"], ["demo", "--content-only", "--json"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=_environment(folder), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    with gunicorn(folder) as port:
        yield port


@contextmanager
def gunicorn(folder: Path, application: str = "portal.wsgi") -> Iterator[int]:
    """A server over what lies in the folder."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = int(sock.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "1",
         "--log-level", "error"], cwd=ROOT, env=_environment(folder), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def get(port: int, path: str, **headers: str) -> Answer:
    """Ask for a page; `accept_encoding="gzip"` stands for the header of that name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return Answer(answer.status, answer.headers, body)


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "VAR_DIR": str(folder), "REDIS_URL": "",
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
    }  # fmt: skip


def _wait_for(port: int) -> None:
    for _attempt in range(600):
        try:
            get(port, "/healthz")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")
