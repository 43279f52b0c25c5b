from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from portal.commands import PortalCommand
from portal.outbox.models import Message
from portal.outbox.services import send_left_behind


class Command(PortalCommand):
    help = "Send the messages that no worker has finished."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count them, send nothing")

    def run(self, **options: Any) -> Mapping[str, object]:
        if options["dry_run"]:
            return {"waiting": Message.objects.left_behind(timezone.now()).count()}
        return send_left_behind()
