"""Registrations that wait for the office were typed before anybody was asked for their situation."""

from __future__ import annotations

from typing import Any

from django.db import migrations

NEW = ("situation", "part_time_kind", "stay_longer")


def add_situation(apps: Any, schema_editor: Any) -> None:
    for registration in _with_answers(apps):
        situation = "part_time" if registration.answers.get("residency") == "part_time" else "moved"
        old = {"situation": situation, "part_time_kind": "", "stay_longer": ""}
        registration.answers = old | registration.answers
        registration.save(update_fields=["answers"])


def remove_situation(apps: Any, schema_editor: Any) -> None:
    for registration in _with_answers(apps):
        registration.answers = {name: value for name, value in registration.answers.items() if name not in NEW}
        registration.save(update_fields=["answers"])


def _with_answers(apps: Any) -> Any:
    return list(apps.get_model("newcomers", "Registration").objects.exclude(answers={}))  # a few weeks of them


class Migration(migrations.Migration):
    dependencies = [("newcomers", "0008_lists_without_households")]

    operations = [migrations.RunPython(add_situation, remove_situation)]
