"""Search on PostgreSQL (TEST_POSTGRES_URL): 95 of 100 searches are faster than this in 1,000 and in 20,000 texts."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY, ROUNDS = 1_000, 20_000, 10
OTHER_WORDS = (20, 150)
START = "import django; django.setup(); from tests.bench import bench_search; bench_search.measure()"


def run() -> Iterator[str]:
    if not os.environ.get("TEST_POSTGRES_URL"):
        yield "skipped: TEST_POSTGRES_URL is not set"
        return
    with tempfile.TemporaryDirectory(prefix="bliher-bench-") as folder:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings_test", "VAR_DIR": folder,
            "DATABASE_URL": os.environ["TEST_POSTGRES_URL"],
        }  # fmt: skip
        done = subprocess.run([sys.executable, "-c", START], cwd=ROOT, env=env, capture_output=True, text=True)
        yield from (done.stdout if done.returncode == 0 else done.stderr).splitlines()


def measure() -> None:
    from django.db import connection

    name = f"bliher_bench_{os.getpid()}"
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        few, many = _town("0001", FEW), _town("0002", MANY)
        report(few, many)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def report(few: Any, many: Any) -> None:
    kinds = _queries()
    times = {kind: _times(queries, few, many) for kind, queries in kinds.items()}
    times["all together"] = tuple([second for kind in kinds for second in times[kind][place]] for place in range(2))
    for kind, (before, after) in times.items():
        p95 = statistics.quantiles(before, n=20)[-1], statistics.quantiles(after, n=20)[-1]
        print(
            f"{kind:14} p95 {p95[0] * 1000:6.1f} ms in {FEW:,} texts, {p95[1] * 1000:6.1f} ms in {MANY:,}; "
            f"ratio {p95[1] / p95[0]:.2f} (of the medians {statistics.median(after) / statistics.median(before):.2f})"
        )


# --- A municipality with many texts ---


def _sentences() -> list[str]:
    """The demonstration's Norwegian texts, taken apart."""
    from portal.demo import read
    from portal.search.text import plain

    texts = [row["texts"]["nb"] for row in read("service_info")]
    texts += [{"summary": row["description"], "body": ""} for name in ("listings", "vacancies") for row in read(name)]
    everything = " ".join(plain(f"{text['summary']}\n\n{text['body']}") for text in texts)
    return [sentence for sentence in everything.split(". ") if len(sentence) > 20]


PARTS = ["fjell", "elv", "bygde", "barne", "ungdoms", "kultur", "ski", "skole", "helse", "arbeids", "vinter", "sommer",
         "nabo", "språk", "musikk", "natur", "hytte", "gårds", "vann", "sykkel", "bok", "idretts", "kveld",
         "mat"]  # fmt: skip
ENDS = ["laget", "huset", "senteret", "kurs", "tilbud", "dagen", "gruppa", "plassen", "kontoret", "festen", "stien",
        "skolen", "kafeen", "ordningen", "hallen", "turen", "prosjektet", "klubben", "løypa", "marka"]  # fmt: skip


def _town(code: str, texts: int) -> Any:
    """Sentences of real texts, with invented compounds and names: the commoner, the earlier they stand (Zipf)."""
    from portal.search.indexing import rebuild
    from tests.factories import MunicipalityFactory

    town = MunicipalityFactory(code=code, slug=f"bench-{code}")
    _articles(town, texts, _sentences(), random.Random(7))  # the same texts each time
    rebuild([town])
    _analyze()
    return town


def _articles(town: Any, number: int, sentences: list[str], chance: random.Random) -> None:
    from portal.pages.models import Article, ArticleTranslation

    for start in range(0, number, 1_000):
        pages = Article.objects.bulk_create(
            [Article(municipality=town, kind="news", slug=f"a-{n}") for n in range(start, start + 1_000)]
        )
        ArticleTranslation.objects.bulk_create(
            [ArticleTranslation(master=page, language_code="nb", **_text(sentences, chance)) for page in pages],
            batch_size=500,
        )


def _text(sentences: list[str], chance: random.Random) -> dict[str, str]:
    """Two sentences about what people ask for, the rest about something else."""
    words = [
        _compound(chance) if chance.random() < 0.3 else _name(chance) for _n in range(chance.randint(*OTHER_WORDS))
    ]
    body = [*chance.sample(sentences, 2), " ".join(words)]
    return {"title": f"{_compound(chance).capitalize()} i {_name(chance)}", "summary": "", "body": ". ".join(body)}


def _compound(chance: random.Random) -> str:
    return _early(PARTS, chance) + _early(ENDS, chance)


def _early(words: list[str], chance: random.Random) -> str:
    return words[min(int(chance.paretovariate(0.3)) - 1, len(words) - 1)]


def _name(chance: random.Random) -> str:
    """Farms, roads and families, as in any municipality; a few stand everywhere, most are rare."""
    starts, middles, ends = ["Bak", "Lyk", "Sol", "Dal", "Vid", "Trø", "Hov", "Gra"], ["ke", "te", "na", "re", "mo"], [
        "rud", "stad", "heim", "vik", "set", "land", "lia", "vegen", "bakken", "tunet", "haugen", "jordet"]  # fmt: skip
    number = min(int(chance.paretovariate(0.3)), 9_600)
    return f"{starts[number % 8]}{middles[number // 8 % 5]}{chr(97 + number // 40 % 20)}{ends[number // 800 % 12]}"


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE search_searchentry, search_searchword")


# --- Searches ---


def _queries() -> dict[str, list[str]]:
    exact = ["bibliotek", "barnehage", "legevakt", "skole", "lånekort", "norskkurs", "flyttemelding", "fastlege",
             "svømmehall", "buss", "skiløype", "kulturhuset", "ungdomsklubben", "helsestasjon", "arbeidskontoret",
             "ledig leilighet", "jobb i barnehage", "søke plass i skolen", "bok på språket mitt", "NAV",
             "hvor melder jeg flytting", "sykkelstien", "fjellaget", "kino"]  # fmt: skip
    typos = ["bibliotk", "barnehge", "legevkat", "skoel", "lånekotr", "norskurs", "flyttemeldng", "fastlge",
             "svømehall", "skiløyp", "kultrhuset", "ungdomsklubn", "helsestsjon", "leilighett",
             "barnehage plas"]  # fmt: skip
    none = ["qwertyuiop", "zebraer", "romferge", "xyzzy plugh", "kvantefysikk", "vulkanutbrudd", "ørkenkamel", "123987"]
    return {"exact": exact, "misspelt": typos, "nothing found": none}


def _times(queries: list[str], *towns: Any) -> tuple[list[float], ...]:
    """Seconds of every query several times, in one town and the other in turn; the first round is left out."""
    from portal.search.finding import find
    from tests.conftest import TODAY

    seconds: tuple[list[float], ...] = tuple([] for _town in towns)
    for number in range(ROUNDS + 1):
        for query in queries:
            for town, times in zip(towns, seconds, strict=True):
                start = time.perf_counter()
                find(town, "nb", query, page=1, on=TODAY)
                if number:
                    times.append(time.perf_counter() - start)
    return seconds
