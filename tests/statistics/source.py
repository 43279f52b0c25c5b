"""Statistics Norway on this machine: the three tables, answered as PxWebApi 2 answers, and every way to fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

AGES = [f"{age:03d}" for age in range(105)] + ["105+"]
YEARS = [str(year) for year in range(2010, 2027)]
REGIONS = {"0": "Hele landet", "33": "Buskerud", "3324": "Gol", "3328": "Ål", "0617": "Gol (-2019)", "110301": "Bydel"}


def table(**dimensions: dict[str, str]) -> dict[str, Any]:
    return {"dimensions": {"Region": REGIONS, **dimensions}, "eliminated": {}, "codelists": []}


def tables() -> dict[str, dict[str, Any]]:
    years = {year: year for year in YEARS}
    people = {"Folkemengde": "Folkemengde 1. januar", "Levendefodte": "Levendefødte"}
    moves = {"InnInnland": "Innenlandsk innflytting", "Innflytting": "Innflytting", "Utflytting": "Utflytting",
             "Netto": "Nettoinnflytting"}  # fmt: skip
    found = {
        "06913": table(ContentsCode=people, Tid=years),
        "07459": table(Alder={age: age for age in AGES}, ContentsCode={"Personer1": "Personer"}, Tid=years),
        "09588": table(ContentsCode=moves, Tid=years),
    }
    found["07459"]["eliminated"] = {"Kjonn": {"1": "Menn", "2": "Kvinner"}}
    found["06913"]["codelists"] = [{"id": "vs_Kommun"}, {"id": "agg_KommSummerHist"}]
    return found


def number(codes: dict[str, str]) -> int | None:
    """Gol has 4900 people in 2010 and 10 more each year; of each age as many as its years; 300 in, 290 out."""
    year = int(codes["Tid"])
    by_contents = {"Folkemengde": 4900 + 10 * (year - 2010), "Innflytting": 300, "Utflytting": 290, "Netto": 10}
    if "Alder" in codes:
        return int(codes["Alder"].rstrip("+"))
    return by_contents.get(codes["ContentsCode"], 1)


class Ssb:
    """What it knows, what it was asked, and `instead`: answers given before the right ones, as (status, body)."""

    def __init__(self) -> None:
        self.tables = tables()
        self.number: Callable[[dict[str, str]], int | None] = number
        self.codes = ["K-3324", "K-3328"]
        self.asked: list[str] = []
        self.instead: dict[str, list[tuple[int, bytes]]] = {}
        self.url = ""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        waiting = next((answers for part, answers in self.instead.items() if part in path and answers), None)
        if waiting:
            return waiting.pop(0)
        found = self._right_answer(path.split("/"), query)
        return (200, json.dumps(found).encode()) if found else (404, b'{"title":"Not found"}')

    def _right_answer(self, parts: list[str], query: dict[str, str]) -> dict[str, Any] | None:
        match parts:
            case ["", "codelists", "agg_KommSummerHist"]:
                return {"id": "agg_KommSummerHist", "values": [{"code": code, "label": ""} for code in self.codes]}
            case ["", "tables", name, "metadata"] if name in self.tables:
                known = self.tables[name]
                return self._dataset(name, {**known["dimensions"], **known["eliminated"]}, known, [])
            case ["", "tables", name, "data"] if name in self.tables:
                chosen = self._chosen(self.tables[name]["dimensions"], query)
                cells = (dict(zip(chosen, codes, strict=True)) for codes in product(*chosen.values()))
                return self._dataset(name, chosen, self.tables[name], [self.number(codes) for codes in cells])
        return None

    def _chosen(self, dimensions: dict[str, dict[str, str]], query: dict[str, str]) -> dict[str, dict[str, str]]:
        chosen = {}
        for name, labels in dimensions.items():
            asked = query[f"valueCodes[{name}]"]
            if asked.startswith("top("):
                codes = list(labels)[-int(asked[4:-1]) :]
            else:
                codes = list(labels) if asked == "*" else asked.split(",")
            chosen[name] = {code: labels.get(code, code) for code in codes}
        return chosen

    def _dataset(
        self, name: str, dimensions: dict[str, Any], known: dict[str, Any], value: list[Any]
    ) -> dict[str, Any]:
        about = {
            dimension: {
                "category": {"index": {code: place for place, code in enumerate(labels)}, "label": labels},
                "extension": {"elimination": dimension in known["eliminated"], "codelists": known["codelists"]},
            }
            for dimension, labels in dimensions.items()
        }
        return {"version": "2.0", "class": "dataset", "label": name, "updated": "2026-04-15T06:00:00Z",
                "id": list(dimensions), "size": [len(labels) for labels in dimensions.values()], "dimension": about,
                "value": value}  # fmt: skip


@contextmanager
def running() -> Iterator[Ssb]:
    ssb = Ssb()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ssb.asked.append(self.path)
            where = urlsplit(self.path)
            status, body = ssb.answer(where.path, {name: values[0] for name, values in parse_qs(where.query).items()})
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ssb.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield ssb
    finally:
        server.shutdown()
        server.server_close()
