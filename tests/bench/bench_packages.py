"""Packages: planning 10,000 households, and letters a second beside Typst alone."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY, LETTERS = 1_000, 10_000, 1_000
START = "import django; django.setup(); from tests.bench import bench_packages; bench_packages.measure()"


def run() -> Iterator[str]:
    """In a process of its own, so that its memory is its own too."""
    with tempfile.TemporaryDirectory(prefix="bliher-bench-") as folder:
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings_test", "VAR_DIR": folder}
        done = subprocess.run([sys.executable, "-c", START], cwd=ROOT, env=env, capture_output=True, text=True)
        yield from (done.stdout if done.returncode == 0 else done.stderr).splitlines()


def measure() -> None:
    from django.db import connection

    name = f"bliher_bench_{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="bliher-bench-") as folder:
        connection.settings_dict["TEST"]["NAME"] = f"{folder}/{name}" if connection.vendor == "sqlite" else name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            _measure_planning(connection.vendor)
            _measure_letters()
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def _measure_planning(database: str) -> None:
    few, many = _in_child("0001", FEW), _in_child("0002", MANY)
    _planned(few)
    before = _peak()
    seconds = _planned(many)
    growth = _peak() - before
    rate = MANY / seconds
    print(f"planning on {database}: {rate:,.0f} households a second ({MANY:,} in {seconds:.1f} s, 7 gifts each)")
    print(f"peak memory {_peak():.0f} MB; {MANY:,} households took {growth:.1f} MB more than {FEW:,}")


def _measure_letters() -> None:
    """The print against the same pages compiled by Typst alone, in chunks of the same size."""
    from portal.documents import render

    town = _town("0003", LETTERS)
    _planned(town)
    with _timed(render, "render_letters") as typst, _timed(render, "join") as joined:
        seconds, printed = _printed(town)
    alone = LETTERS / typst[0]
    whole = LETTERS / seconds
    print(f"letters: {whole:,.0f} a second ({printed.pages} pages, {len(printed.pdf) / 1e6:.1f} MB, packing list with)")
    print(f"Typst alone on the same letters: {alone:,.0f} a second; ratio {whole / alone:.2f}")
    print(f"of {seconds:.1f} s: Typst {typst[0]:.1f}, joining {joined[0]:.1f}; peak memory {_peak():.0f} MB")


def _in_child(code: str, households: int) -> Any:
    """Building a town takes more memory than planning its packages, so another process does it."""
    from django.db import connection

    from portal.municipalities.models import Municipality

    connection.close()
    pid = os.fork()
    if pid == 0:
        try:
            _town(code, households)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    return Municipality.objects.get(code=code)


def _town(code: str, households: int) -> Any:
    from newcomers.models import Household, Person
    from portal.pages.enums import Topic
    from tests.packages.factories import make_gift, make_households, make_info, make_municipality, make_template

    town = make_municipality(code=code, slug=f"gol-{code}")
    make_template(town)
    for topic in Topic:
        make_info(town, topic)
    for number in range(5):
        make_gift(town, f"gift-{number}", agreed=households // 2 if number < 2 else None)
    make_gift(town, "adult", per="adult")
    make_gift(town, "child", per="child", agreed=households)
    made: list[Household] = make_households(town, households)
    children = [Person(household=household, is_adult=False, birth_year=2020) for household in made[::2]]
    Person.objects.bulk_create(children, batch_size=500)
    return town


def _planned(town: Any) -> float:
    from portal.clock import Quarter
    from tests.conftest import TODAY
    from welcome.packages.services import run_packages

    start = time.perf_counter()
    run_packages(municipality=town, quarter=Quarter.of(TODAY), on=TODAY)
    return time.perf_counter() - start


def _printed(town: Any) -> tuple[float, Any]:
    from portal.clock import Quarter
    from tests.conftest import TODAY
    from welcome.packages.services import print_run

    start = time.perf_counter()
    printed = print_run(municipality=town, quarter=Quarter.of(TODAY), on=TODAY)
    return time.perf_counter() - start, printed


class _timed:
    """Adds up how long a module's function takes, as its callers see it."""

    def __init__(self, module: Any, name: str) -> None:
        self.module, self.name, self.function = module, name, getattr(module, name)
        self.seconds = [0.0]

    def __enter__(self) -> list[float]:
        def function(*arguments: Any, **values: Any) -> Any:
            start = time.perf_counter()
            try:
                return self.function(*arguments, **values)
            finally:
                self.seconds[0] += time.perf_counter() - start

        setattr(self.module, self.name, function)
        return self.seconds

    def __exit__(self, *error: object) -> None:
        setattr(self.module, self.name, self.function)


def _peak() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
