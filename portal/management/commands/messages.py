from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import messages


class Command(BaseCommand):
    help = (
        "Bring the translation files in locale/ up to date with the texts in the code. "
        "New texts are added empty, texts that are no longer used go away."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--check", action="store_true", help="change nothing; fail if a translation is not ready")
        group.add_argument("--compile", action="store_true", help="write the .mo files that Django reads")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
        elif options["compile"]:
            for path in messages.compile_catalogs():
                self.stdout.write(f"compiled {path.relative_to(messages.ROOT)}")
        else:
            self._update()

    def _update(self) -> None:
        for file in messages.catalog_files():
            changed = messages.update(file)
            empty = sum(finding.kind == "empty" for finding in messages.findings(file))
            state = "updated" if changed else "unchanged"
            self.stdout.write(f"{file.path.relative_to(messages.ROOT)}: {state}, {empty} to translate")

    def _check(self) -> None:
        count = 0
        for file in messages.catalog_files():
            for finding in messages.findings(file):
                count += 1
                self.stdout.write(f"{file.path.relative_to(messages.ROOT)}: {finding.kind}: {finding.text}")
        if count:
            raise CommandError(
                f"Translations are not ready: {count} (listed above). Run `manage.py messages`, fill in the "
                "empty entries, and repeat each placeholder and tag as in the English text."
            )
