"""A small website of our own that answers in every way a link checker meets."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS = {"/well": 200, "/gone": 404, "/removed": 410, "/error": 500, "/refused": 403, "/later": 429}
REDIRECTS = {"/moved": "/well", "/moved-to-gone": "/gone", "/loop": "/loop", "/to-file": "file:///etc/passwd",
             "/1": "/2", "/2": "/3", "/3": "/4", "/4": "/5", "/5": "/well",
             "/0": "/1"}  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    server: WebServer

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def _answer(self, method: str) -> None:
        self.server.asked.append((method, self.path, self.headers["User-Agent"]))
        if self.path == "/slow":
            time.sleep(3)
        if self.path == "/nonsense":
            self.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
            return
        status = self.server.answers.get(self.path, 404)
        if self.path in REDIRECTS:
            status = 302
        if self.path.startswith("/no-head") and method == "HEAD":
            status = int(self.path.rpartition("-")[2])
        elif self.path.startswith("/no-head"):
            status = 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", REDIRECTS[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


class WebServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, str]] = []
        self.answers = dict(ANSWERS)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def paths(self) -> list[str]:
        return [path for _method, path, _agent in self.asked]


@contextmanager
def serve() -> Iterator[WebServer]:
    with WebServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
