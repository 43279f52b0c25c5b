from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from portal.accounts.models import User
from portal.commands import PortalCommand, municipality_by_code
from portal.municipalities.enums import Role
from portal.municipalities.models import StaffRole


class Command(PortalCommand):
    help = "Give somebody a role: the way in for the first region administrator. The account is made if need be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("email", help="whom; they sign in with a code sent to it")
        parser.add_argument("--name", default="", help="the name of a new account")
        parser.add_argument(
            "--role", choices=Role.values, default=Role.REGION_ADMINISTRATOR.value, help="default: %(default)s"
        )
        parser.add_argument("--municipality", metavar="CODE", help="needed for every role but region_administrator")

    def run(self, **options: Any) -> Mapping[str, object]:
        code, role = options["municipality"], options["role"]
        if (role == Role.REGION_ADMINISTRATOR) != (code is None):
            raise CommandError("A region administrator has no municipality; every other role needs --municipality.")
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"{options['email']!r} is not an e-mail address.") from None
        municipality = municipality_by_code(code) if code else None
        user = User.objects.for_email(options["email"], name=options["name"])
        _role, created = StaffRole.objects.get_or_create(user=user, municipality=municipality, role=role)
        return {"email": user.email, "role": role, "municipality": code, "added": created}
