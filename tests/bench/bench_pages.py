"""Requests a second for public lists under gunicorn, as a ratio to the same bytes through the same middleware."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["/nb/gol/", "/nb/gol/jobs/", "/nb/gol/homes/", "/nb/gol/topics/housing/"]
REQUESTS, CLIENTS = 300, 4


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def _portal(folder: Path) -> Iterator[int]:
    """The portal with the demonstration's content on a database of its own, behind gunicorn."""
    port = _free_port()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "BENCH_BYTES": str(folder / "bytes"),
    }  # fmt: skip
    for command in (["migrate", "-v0"], ["demo", "--content-only", "--json"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
         "--log-level", "error"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _attempt in range(100):
        try:
            if _get(port, "/healthz"):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


def _rate(port: int, path: str) -> float:
    """Requests a second."""
    _get(port, path)
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _n: _get(port, path), range(REQUESTS)))
    return REQUESTS / (time.perf_counter() - started)


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name, _portal(Path(name)) as port:
        for path in PAGES:
            body = _get(port, path)
            (Path(name) / "bytes").write_bytes(body)
            page, same = _rate(port, path), _rate(port, "/nb/gol/same-bytes/")
            yield f"{path:28} {len(body) / 1000:6.1f} kB {page:7.1f} requests/s; ratio to same bytes {page / same:.2f}"
