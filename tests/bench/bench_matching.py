"""Lists of movers: 5,000 rows compared with 100,000 households, and taken in."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOUSEHOLDS, ROWS, BATCH = 100_000, 5_000, 5_000
ON = date(2026, 11, 22)
START = "import django; django.setup(); from tests.bench import bench_matching; bench_matching.measure()"
FIRST_NAMES = """Anne Inger Kari Marit Ingrid Liv Eva Berit Astrid Bjørg Hilde Anna Solveig Marianne Randi Ida Nina
Maria Elin Jan Per Bjørn Ole Lars Kjell Knut Svein Arne Thomas Geir Hans Morten Tor Martin Andreas John Erik Odd Trond
Oleksandr Olena Mohammed Ahmad Fatima Łukasz Agnieszka Piotr Søren Åse Yusuf Amina Juan Lucía Nguyen Elif Mehmet"""
LAST_NAMES = """Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen
Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Lund Moen Sørensen Strand Iversen
Bakken Solberg Lie Sæther Shevchenko Kowalski Nowak Hussein Ali Abdi Bjørnstad Villanueva Tran Yilmaz Melnyk"""
FIRST, LAST = FIRST_NAMES.split(), LAST_NAMES.split()
STREETS = ["Storgata", "Fjellvegen", "Kirkegata", "Skoleveien", "Elvebakken", "Lia", "Moan", "Hallingvegen"]


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
            _measure(connection.vendor)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def _measure(database: str) -> None:
    """Filling the town takes more memory than matching, so another process does it."""
    from django.db import connection

    from newcomers.movers import imports
    from newcomers.movers.file import PostcodePlace, parse_movers
    from portal.municipalities.models import Municipality

    gol = Municipality.objects.create(code="3324", name="Gol", slug="gol", is_active=True)
    connection.close()
    pid = os.fork()
    if pid == 0:
        try:
            _fill(gol)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a database does by itself in time
    movers = parse_movers(
        _list(), municipality_code="3324", postcodes={"3550": PostcodePlace("Gol", "3324", "Gol")}, on=ON
    )
    record = imports.start_import(movers=movers, municipality=gol, why=imports.Why("bench"), by=None, on=ON)
    before, start, cpu = _peak(), time.perf_counter(), time.process_time()
    imports.run_import(record)
    compared, cpu = time.perf_counter() - start, time.process_time() - cpu
    kinds = {kind: record.rows.filter(kind=kind).count() for kind in ("new", "known", "changed", "doubtful")}
    print(f"comparing on {database}: {movers.rows:,} rows with {HOUSEHOLDS:,} households")
    print(f"in {compared:.1f} s ({cpu:.1f} of CPU): {kinds}")
    print(f"peak memory {_peak():.0f} MB, of which comparing took {_peak() - before:.0f} MB")
    start = time.perf_counter()
    imports.choose(record)
    report = imports.run_import(record)
    print(f"taking in (compared once more): {time.perf_counter() - start:.1f} s, {report.households_created} new")


def _people(number: int) -> tuple[list[tuple[str, int]], str, date]:
    """The adults of the household with this number, where it lives and since when: the same each time."""
    dice = random.Random(number)  # invented people, no secret
    last = dice.choice(LAST) + dice.choice(["", "", "", " " + dice.choice(LAST)])
    adults = [
        (f"{dice.choice(FIRST)} {dice.choice(FIRST)[:9]} {last}", dice.randint(1935, 2007))
        for _ in range(1 + number % 2)
    ]
    street = f"{dice.choice(STREETS)} {number // 40 + 1} H{number % 40 + 101:04d}"
    return adults, street, ON - timedelta(days=dice.randint(0, 3650))


def _fill(gol: Any) -> None:
    from newcomers.matching import address_key, name_key, place_key, sound_key
    from newcomers.models import Household, Person

    for start in range(0, HOUSEHOLDS, BATCH):
        homes, persons = [], []
        for number in range(start, start + BATCH):
            adults, street, moved = _people(number)
            home = Household(
                municipality=gol, street=street, postcode="3550", city="Gol", moved_in_on=moved, compared_on=ON,
                address_key=address_key(street, "3550"), place_key=place_key(street, "3550"),
            )  # fmt: skip
            homes.append(home)
            persons += [
                Person(household=home, name=name, birth_year=year, name_key=name_key(name), sound_key=sound_key(name))
                for name, year in adults
            ]
        Household.objects.bulk_create(homes, batch_size=1000)
        Person.objects.bulk_create(persons, batch_size=1000)


def _list() -> bytes:
    """A third known as they stand, a third misspelt, a third new; in no order."""
    lines, number, households = ["navn;adresse;postnummer;flyttedato;fødselsår;husstand;adressesperre"], 0, []
    dice = random.Random(7)  # invented people, no secret
    rows = 0
    while rows < ROWS:
        kind = number % 3
        adults, street, moved = _people(number * 31 % HOUSEHOLDS if kind < 2 else HOUSEHOLDS + number)
        if kind == 1:
            adults = [(_misspelt(name, dice), year) for name, year in adults]
        households.append([f"{name};{street};3550;{moved:%d.%m.%Y};{year};{number};" for name, year in adults])
        rows, number = rows + len(adults), number + 1
    dice.shuffle(households)
    return "\n".join([*lines, *(line for household in households for line in household)]).encode()


def _misspelt(name: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(name) - 1)
    return name[:place] + name[place + 1 :] if name[place] != " " else name


def _peak() -> float:
    """MB of memory at the most, of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
