from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from portal.commands import PortalCommand
from portal.municipalities.models import Municipality, MunicipalRecord
from portal.search.indexing import rebuild


class Command(PortalCommand):
    help = "Load the invented region of Hallingdal: municipalities, texts, gifts, homes, jobs; and invented people."
    takes_date = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--content-only", action="store_true", help="everything but people")
        parser.add_argument("--first-start", action="store_true", help="only if nothing is switched on yet")
        parser.add_argument("--no-index", action="store_true", help="leave the search index to the nightly rebuild")
        parser.add_argument("--reset", action="store_true", help="empty the database first (demonstrations only)")

    def run(self, **options: Any) -> Mapping[str, object]:
        if options["first_start"] and Municipality.objects.filter(is_active=True).exists():
            return {}
        self._only_in_a_demonstration()
        if options["reset"]:
            call_command("flush", interactive=False, verbosity=0)
        with transaction.atomic():
            return self._load(options)

    def _only_in_a_demonstration(self) -> None:
        """Invented people never come to stand among real ones."""
        if settings.PRODUCTION or _is_in_use():
            raise CommandError(
                "This installation is in use: the demonstration would mix invented people with real ones. "
                "Run it on a database of its own (DATABASE_URL)."
            )

    def _load(self, options: Mapping[str, Any]) -> dict[str, object]:
        report: dict[str, object] = {}
        parts = ["load_content"] if options["content_only"] else ["load_content", "load_people"]
        for part in parts:
            # INSTALLED_APPS stands in the order of knowledge: what is drawn on is there already.
            for app in apps.get_app_configs():
                if not module_has_submodule(app.module, "demo") or app.name == "portal":
                    continue
                load = getattr(import_module(f"{app.name}.demo"), part, None)
                if load:
                    report.update(load(on=options["date"]))
        if not options["no_index"]:
            report["search_entries"] = rebuild(Municipality.objects.filter(is_active=True)).entries
        return report


def _is_in_use() -> bool:
    """Whether a real municipality is switched on, or was once and has left something."""
    real = Municipality.objects.filter(is_demo=False)
    records = [model for model in apps.get_models() if issubclass(model, MunicipalRecord)]
    return real.filter(is_active=True).exists() or any(
        model._base_manager.filter(municipality__in=real).exists() for model in records
    )
