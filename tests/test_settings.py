"""An installation that is set up wrongly says what is wrong and how to mend it, before it serves anybody."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from portal import checks, env

ROOT = Path(settings.BASE_DIR)
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k7Qx2vRz9LmW4tYb8NcP1sDf6GhJ3aEu5iOo0XyZqTnMwVrBlKd7",
    "ERASURE_KEY": "p3Lm8VxTq6RzW1cYb5NfK9sHd2GjA7uEo4iQ0ZyXtPnBwMvClRk8",
    "ALLOWED_HOSTS": "velkommen.gol.example,www.gol.example",
    "DATABASE_URL": "postgres://bliher:password@db.example:5432/bliher",
    "REDIS_URL": "redis://redis.example:6379/0",
    "EMAIL_HOST": "smtp.example",
    "DEFAULT_FROM_EMAIL": "Bli her <hei@velkommen.gol.example>",
    "ACCESSIBILITY_STATEMENT_URL": "https://uustatus.example/gol",
}
OPTIONAL = {"ACCESSIBILITY_STATEMENT_URL", "ENVIRONMENT"}
NEEDED = sorted(set(PRODUCTION) - OPTIONAL)


def python(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """With these variables and no others of ours. Empty ones win over a .env beside the project."""
    from_outside = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    # The browser's tests set a DJANGO_ variable of their own, which production is warned of.
    clean = {n: value for n, value in os.environ.items() if not (n.endswith("_FILE") or n.startswith("DJANGO_"))}
    environment = clean | dict.fromkeys(from_outside, "") | {"VAR_DIR": str(folder), "DEBUG": ""} | variables
    environment["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def settings_with(folder: Path, *names: str, **variables: str) -> Any:
    """What the settings of these names are."""
    code = f"import json, portal.settings as s; print(json.dumps({{n: getattr(s, n, None) for n in {list(names)!r}}}))"
    done = python(folder, "-c", code, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# --- Production ---


@pytest.mark.parametrize("name", NEEDED)
def test_production_without_a_needed_setting_names_it_and_how_to_mend_it(tmp_path: Path, name: str) -> None:
    done = python(tmp_path, "-c", "import portal.settings", **(PRODUCTION | {name: ""}))
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert f"{name} is not set." in last
    assert "Production needs" in last
    assert ".env.example" in last
    assert not any(value in done.stderr for value in PRODUCTION.values() if value != "production")


def test_every_setting_of_the_example_is_one_that_is_read() -> None:
    places = [ROOT / "portal" / "settings.py", ROOT / "portal" / "accounts" / "connectors.py"]
    read = {path: path.read_text() for path in places}
    for name in re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE):
        # A connector's name stands before what all connectors need.
        shared = re.sub(r"^(IDPORTEN|ENTRA)(?=_CLIENT_)", "{provider_id.upper()}", name)
        assert any(f'"{name}"' in text or f'"{shared}"' in text for text in read.values()), name


def test_everything_production_needs_stands_in_the_example_and_the_manual() -> None:
    for file in [".env.example", "docs/operations.md"]:
        text = (ROOT / file).read_text()
        assert [name for name in PRODUCTION if name not in text] == []


def test_production_as_described_passes_its_own_check(tmp_path: Path) -> None:
    done = python(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), done.stderr


def test_production_without_statement_or_second_factor_is_warned(settings: Any) -> None:
    settings.ACCESSIBILITY_STATEMENT_URL, settings.STAFF_SECOND_FACTOR = "", False
    found = checks.accessibility_statement(None) + checks.second_factor(None)
    assert [warning.id for warning in found] == ["portal.W001", "portal.W002"]
    assert all(warning.hint for warning in found)
    settings.ACCESSIBILITY_STATEMENT_URL, settings.STAFF_SECOND_FACTOR = "https://x.example", True
    assert checks.accessibility_statement(None) + checks.second_factor(None) == []


def test_what_clears_a_restored_backup_must_outlive_the_program(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    assert checks.erasures_are_kept(None) == []
    for path, error in [(ROOT / "var" / "erasures.jsonl", "portal.E002"), (tmp_path / "no" / "file", "portal.E003")]:
        settings.ERASURES_FILE = path
        assert [found.id for found in checks.erasures_are_kept(None)] == [error]


def test_all_that_compose_runs_shares_that_file() -> None:
    text = (ROOT / "compose.yaml").read_text()
    shared, services = text.split("services:")
    assert "ERASURES_FILE: /erasures/erasures.jsonl" in shared
    assert 'volumes: ["erasures:/erasures"]' in shared
    assert services.count("<<: *portal") == 4
    assert "erasures: {}" in services
    assert "chown portal var /erasures" in (ROOT / "Dockerfile").read_text()


def test_production_is_closed_by_default(tmp_path: Path) -> None:
    found = settings_with(
        tmp_path, "DEBUG", "STAFF_SECOND_FACTOR", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
        "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_HSTS_SECONDS", "SITE_URL", "EMAIL_BACKEND",
        "CELERY_BROKER_URL", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", **(PRODUCTION | {"DEBUG": "1"}),
    )  # fmt: skip
    assert found == {
        "DEBUG": False,
        "STAFF_SECOND_FACTOR": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SITE_URL": "https://velkommen.gol.example",
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "CELERY_BROKER_URL": "redis://redis.example:6379/0",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
    }


def test_production_has_no_mailbox_and_no_components_page(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.urls import reverse, NoReverseMatch\n"
        "for name in ('mailbox', 'components'):\n"
        "    try: print(reverse(name))\n"
        "    except NoReverseMatch: print('none')"
    )
    done = python(tmp_path, "-c", code, **PRODUCTION)
    assert done.stdout.split() == ["none", "none"], done.stderr


# --- Behind a proxy ---


def test_production_trusts_the_one_proxy_in_front(tmp_path: Path) -> None:
    for given, trusted in [("", 1), ("2", 2)]:
        found = settings_with(tmp_path, "ALLAUTH_TRUSTED_PROXY_COUNT", **PRODUCTION, TRUSTED_PROXY_COUNT=given)
        assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == trusted


def test_the_image_names_its_files_as_production_looks_for_them(tmp_path: Path) -> None:
    """Collected under other names, every page would fail."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    (collecting,) = re.findall(r"&&([^&]*)python manage\.py collectstatic", dockerfile)
    lines = [*re.findall(r"(?m)^ENV (.*)$", dockerfile), collecting]
    in_image = dict(re.findall(r"(\w+)=(\S+)", " ".join(lines)))
    assert settings_with(tmp_path, "STORAGES", **in_image) == settings_with(tmp_path, "STORAGES", **PRODUCTION)


def test_visitors_behind_the_proxy_are_counted_apart(settings: Any) -> None:
    """Otherwise one of them would use up the sign-ins of all."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def may_try(visitor: str) -> bool:
        request = RequestFactory().post("/", headers={"X-Forwarded-For": visitor}, REMOTE_ADDR="10.0.0.1")
        request.user = AnonymousUser()
        return ratelimit.consume(request, app="tests", action="try", config={"try": "1/h/ip"}) is not None

    assert may_try("192.0.2.1")
    assert not may_try("192.0.2.1")
    assert may_try("192.0.2.2")
    # What the visitor claims stands before what the proxy adds.
    assert not may_try("198.51.100.7, 192.0.2.2")


# --- Development ---


def test_development_needs_nothing_and_sends_no_mail(tmp_path: Path) -> None:
    found = settings_with(tmp_path, "ENVIRONMENT", "PRODUCTION", "EMAIL_BACKEND", "STAFF_SECOND_FACTOR", "DATABASES")
    assert (found["ENVIRONMENT"], found["PRODUCTION"], found["STAFF_SECOND_FACTOR"]) == ("development", False, False)
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.dummy.EmailBackend"
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "bliher.sqlite3")


# --- Values ---


@pytest.mark.parametrize(
    ("variables", "words"),
    [({"ENVIRONMENT": "prod"}, "ENVIRONMENT is 'prod'; write development, test or production"),
     (PRODUCTION | {"SECURE_SSL_REDIRECT": "maybe"}, "SECURE_SSL_REDIRECT is 'maybe'; write 1 for yes or 0 for no."),
     ({"STAFF_SECOND_FACTOR": "ja"}, "STAFF_SECOND_FACTOR is 'ja'; write 1 for yes or 0 for no."),
     ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT is 'smtp'; write a whole number, such as 587."),
     (PRODUCTION | {"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is not set."),
     (PRODUCTION | {"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE is '/nowhere/key', which cannot be read")],
)  # fmt: skip
def test_a_wrong_value_says_which_and_what_to_write(tmp_path: Path, variables: dict[str, str], words: str) -> None:
    done = python(tmp_path, "-c", "import portal.settings", **variables)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured")
    assert words in last


@pytest.mark.parametrize(
    ("value", "is_on"),
    [("1", True), ("TRUE", True), ("yes", True), ("on", True), ("0", False), ("No", False), ("off", False)],
)
def test_switches(monkeypatch: Any, value: str, is_on: bool) -> None:
    monkeypatch.setenv("SWITCH", value)
    assert env.flag("SWITCH", not is_on) is is_on
    monkeypatch.setenv("SWITCH", "")
    assert env.flag("SWITCH", True) is True


def test_a_list_is_split_at_commas_and_trimmed(monkeypatch: Any) -> None:
    monkeypatch.setenv("NAMES", " a.example, ,b.example ")
    assert env.words("NAMES") == ["a.example", "b.example"]


def test_a_value_may_stand_in_a_file(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("THING", "from the environment")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "secret"))
    assert env.text("THING") == "from the file"
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(ImproperlyConfigured, match="THING is not set"):
        env.text("THING")


def test_secrets_of_containers_reach_the_settings(tmp_path: Path) -> None:
    names = ["SECRET_KEY", "EMAIL_HOST_PASSWORD", "DATABASE_URL"]
    for name in names:
        (tmp_path / name).write_text(PRODUCTION.get(name, "hemmelig") + "\n")
    variables = PRODUCTION | {name: "" for name in names} | {f"{name}_FILE": str(tmp_path / name) for name in names}
    found = settings_with(tmp_path, "SECRET_KEY", "EMAIL_HOST_PASSWORD", "DATABASES", **variables)
    assert found["SECRET_KEY"] == PRODUCTION["SECRET_KEY"]
    assert found["EMAIL_HOST_PASSWORD"] == "hemmelig"
    assert found["DATABASES"]["default"]["HOST"] == "db.example"


def test_lines_of_dotenv_are_read_and_the_environment_wins(tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / ".env"
    file.write_text("# NOT=this\nFIRST='one'\nSECOND = \"a=b\"\nnonsense\n\nTHIRD=file\n")
    for name in ("FIRST", "SECOND", "NOT"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    monkeypatch.setenv("THIRD", "environment")
    env.read_dotenv(file)
    assert (os.environ["FIRST"], os.environ["SECOND"], os.environ["THIRD"]) == ("one", "a=b", "environment")
    assert "NOT" not in os.environ
    env.read_dotenv(tmp_path / "missing")
