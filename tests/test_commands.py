"""What operators and their scripts rely on: help, one JSON object, an exit code; and a demonstration that is safe."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from argparse import _HelpAction
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.test import override_settings

from newcomers.models import Household, Person
from portal.accounts.models import User
from portal.commands import PortalCommand
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory

OURS = {"portal", "newcomers", "privacy", "housing", "jobs", "welcome"}
COMMANDS = {name: app for name, app in get_commands().items() if str(app).partition(".")[0] in OURS}
# Speaks to translators, in lines.
WITHOUT_JSON = {"messages"}
DATED = {
    "demo", "importmovers", "runpackages", "printrun", "remind", "moveins", "planruns", "forgetenquiries",
    "asktoverify", "sitefigures", "retention", "setuppurposes", "takebounce",
}  # fmt: skip


def options_of(name: str) -> list[Any]:
    command = load_command_class(COMMANDS[name], name)
    return list(command.create_parser("manage.py", name)._actions)


def run(name: str, *arguments: str) -> Any:
    out = io.StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


# --- Every command ---


def test_the_promised_commands_are_here() -> None:
    promised = {"loadmunicipalities", "demo", "importmovers", "runpackages", "printrun", "remind", "grantrole",
                "schedules", "sendmessages", "moveins", "planruns"}  # fmt: skip
    assert promised <= set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_and_each_of_its_options(name: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as end:
        load_command_class(COMMANDS[name], name).run_from_argv(["manage.py", name, "--help"])
    assert end.value.code == 0
    assert f"manage.py {name}" in capsys.readouterr().out
    command = load_command_class(COMMANDS[name], name)
    assert command.help.endswith(".")
    assert [option.dest for option in options_of(name) if not option.help and not isinstance(option, _HelpAction)] == []


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - WITHOUT_JSON))
def test_every_command_takes_json_and_those_that_depend_on_the_day_take_it(name: str) -> None:
    assert isinstance(load_command_class(COMMANDS[name], name), PortalCommand)
    names = {option for action in options_of(name) for option in action.option_strings}
    assert "--json" in names
    assert ("--date" in names) == (name in DATED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["schedules", "sendmessages", "moveins", "planruns", "remind", "checktemplates", "forgetenquiries"]
)
def test_stdout_is_one_json_object_and_nothing_else(name: str, capsys: Any) -> None:
    call_command(name, "--json")
    out, err = capsys.readouterr()
    assert isinstance(json.loads(out), dict)
    assert out.count("\n") == 1
    assert err == ""


@pytest.mark.django_db
def test_without_json_the_same_stands_there_in_lines(capsys: Any) -> None:
    call_command("remind")
    assert capsys.readouterr().out == "reminded: 0\nescalated: 0\n"


def test_a_list_is_counted_and_its_items_stand_below(capsys: Any) -> None:
    PortalCommand().print_lines({"refused": [{"line": 3, "field": "name"}], "rows": 1, "ignored": ["alder"]})
    assert capsys.readouterr().out == "refused: 1\n  - line: 3, field: name\nrows: 1\nignored: 1\n  - alder\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [("runpackages", "--municipality", "9999", "--quarter", "2026Q4"), ("grantrole", "x", "--role", "editor"),
     ("printrun", "--municipality", "9999", "--quarter", "2026Q4", "--out", "x.pdf"),
     ("importmovers", "/nowhere.csv", "--municipality", "9999", "--basis", "test")],
)  # fmt: skip
def test_what_cannot_be_done_is_an_object_with_an_error_and_an_exit_code(arguments: Any, capsys: Any) -> None:
    with pytest.raises(SystemExit) as end:
        call_command(*arguments, "--json")
    assert end.value.code == 1
    out, err = capsys.readouterr()
    assert list(json.loads(out)) == ["error"]
    assert err == ""
    with pytest.raises(CommandError):
        call_command(*arguments)


@pytest.mark.parametrize("word", ["yesterday", "2026-13-01", "22.11.2026", ""])
def test_a_day_that_is_none_is_refused_with_how_to_write_it(word: str) -> None:
    with pytest.raises(CommandError, match="write it as 2026-11-22"):
        call_command("remind", "--date", word)


# --- As a process ---


@pytest.fixture(scope="module")
def own_database(tmp_path_factory: Any) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("commands")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ENVIRONMENT": "test",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/commands.sqlite3",
        "REDIS_URL": "",
    }
    assert manage(environment, "migrate", "--verbosity", "0").returncode == 0
    return environment


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_command_that_works_ends_with_0_and_its_report(own_database: dict[str, str]) -> None:
    done = manage(own_database, "loadmunicipalities", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["municipalities"] == 357


def test_a_command_that_fails_ends_with_1_and_says_why(own_database: dict[str, str]) -> None:
    missing = ("importmovers", "no.csv", "--municipality", "9999", "--basis", "test")
    done = manage(own_database, *missing, "--json")
    assert done.returncode == 1
    assert "9999" in json.loads(done.stdout)["error"]
    assert done.stderr == ""
    done = manage(own_database, *missing)
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no municipality '9999'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_command_line_ends_with_2(own_database: dict[str, str]) -> None:
    done = manage(own_database, "remind", "--date", "tomorrow", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "write it as 2026-11-22" in done.stderr


# --- The demonstration ---


def counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


@pytest.mark.django_db(transaction=True)  # --reset empties tables, which PostgreSQL refuses amid a transaction
def test_the_demonstration_twice_is_the_demonstration_once() -> None:
    content = run("demo", "--content-only", "--no-index", "--date", TODAY.isoformat())
    assert content["switched_on"] == 6
    assert not Household.objects.exists()
    assert not Person.objects.exists()
    first = run("demo", "--date", TODAY.isoformat())
    assert Household.objects.count() >= 10
    before = counts()
    assert run("demo", "--date", TODAY.isoformat()) == first
    assert counts() == before
    assert set(Municipality.objects.filter(is_active=True).values_list("is_demo", flat=True)) == {True}
    assert run("demo", "--first-start", "--date", TODAY.isoformat()) == {}
    assert counts() == before
    extra = HouseholdFactory(municipality=Municipality.objects.get(code="3324"))
    assert run("demo", "--reset", "--date", TODAY.isoformat()) == first
    assert not Household.objects.filter(pk=extra.pk).exists()
    assert counts() == before


@pytest.mark.django_db
def test_everybody_in_the_demonstration_is_invented() -> None:
    run("demo", "--no-index", "--date", TODAY.isoformat())
    emails = [*User.objects.values_list("email", flat=True), *ContactPoint.objects.values_list("email", flat=True),
              *Person.objects.values_list("email", flat=True),
              *Municipality.objects.filter(is_active=True).values_list("office_email", flat=True)]  # fmt: skip
    assert [email for email in emails if email and not email.endswith(".example")] == []
    phones = [*ContactPoint.objects.values_list("phone", flat=True), *Person.objects.values_list("phone", flat=True),
              *Municipality.objects.filter(is_active=True).values_list("office_phone", flat=True)]  # fmt: skip
    assert [phone for phone in phones if phone and not phone.startswith("00 00")] == []


def refused() -> None:
    before = counts()
    for options in ([], ["--reset"], ["--content-only"]):
        with pytest.raises(CommandError, match="This installation is in use"):
            call_command("demo", *options)
    assert counts() == before


@pytest.mark.django_db
def test_no_demonstration_beside_a_real_municipality() -> None:
    MunicipalityFactory(aal=True)
    refused()
    call_command("demo", "--first-start", stdout=io.StringIO())
    assert Municipality.objects.count() == 1


@pytest.mark.django_db
def test_no_demonstration_where_a_municipality_that_was_switched_off_has_left_something() -> None:
    HouseholdFactory(municipality=MunicipalityFactory(gol=True, switched_off=True))
    refused()


@pytest.mark.django_db
def test_no_demonstration_in_production() -> None:
    with override_settings(PRODUCTION=True):
        refused()


def test_the_demonstrations_texts_are_read_from_the_project() -> None:
    folder = Path(settings.BASE_DIR) / "portal" / "demo" / "content"
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} <= {".json", ".csv", ".md", ".jpg", ".svg"}
