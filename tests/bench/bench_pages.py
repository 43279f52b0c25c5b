"""Public pages under gunicorn: requests a second, as ratios to the same bytes from a view that does nothing."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.serving import Answer, get, gunicorn, portal

PAGES = [
    "/nb/gol/", "/nb/gol/themes/live/", "/nb/gol/topics/housing/", "/nb/gol/search/?q=barnehage", "/nb/gol/jobs/",
    "/nb/gol/homes/", "/nb/gol/steps/moved/", "/ar/gol/",
]  # fmt: skip
SAME = "/nb/gol/same-bytes/"
# Whoever has a session gets a page made for them.
UNCACHED = {"cookie": "sessionid=nobody"}
ROUNDS, REQUESTS, CLIENTS = 5, 40, 4


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bliher-bench-") as name:
        folder = Path(name)
        with portal(folder) as port, gunicorn(folder, "tests.bench.bare") as bare:
            for path in PAGES:
                yield from _measured(folder, port, bare, path)


def _measured(folder: Path, port: int, bare: int, path: str) -> Iterator[str]:
    body = _page(port, path).body
    (folder / "bytes").write_bytes(body)
    cached, uncached, same, alone = _rates(
        [(port, path, {}), (port, path, UNCACHED), (port, SAME, {}), (bare, SAME, {})]
    )
    small = len(_page(port, path, accept_encoding="gzip").body)
    yield f"{path:28} {len(body) / 1000:6.1f} kB, {small / 1000:.1f} over the wire"
    yield f"    cached   {_told(cached, same, alone, _queries(port, path))}; {_conditional(port, path)}"
    yield f"    uncached {_told(uncached, same, alone, _queries(port, path, **UNCACHED))}"


def _told(rate: float, same: float, alone: float, queries: str) -> str:
    ratios = f"ratio {rate / same:.2f} to the same bytes, {rate / alone:.2f} without middleware"
    return f"{rate:6.1f} requests/s; {ratios}; {queries} queries"


def _rates(wanted: list[tuple[int, str, dict[str, str]]]) -> list[float]:
    """Requests a second, in turns, so that whatever else the machine does meets all of them."""
    rounds = [[_rate(*one) for one in wanted] for _round in range(ROUNDS)]
    return [statistics.median(rates) for rates in zip(*rounds, strict=True)]


def _rate(port: int, path: str, headers: dict[str, str]) -> float:
    _page(port, path, **headers)
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _n: _page(port, path, **headers), range(REQUESTS)))
    return REQUESTS / (time.perf_counter() - started)


def _queries(port: int, path: str, **headers: str) -> str:
    return _page(port, path, x_count_queries="1", **headers).headers["X-Queries"] or "?"


def _conditional(port: int, path: str) -> str:
    etag = _page(port, path).headers["ETag"] or ""
    return f"asked again: {get(port, path, if_none_match=etag).status}"


def _page(port: int, path: str, **headers: str) -> Answer:
    answer = get(port, path, **headers)
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return answer
