"""The address of an account: its name, by which its owner signs in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from portal.accounts.models import User


@transaction.atomic
def change(user: User, *, to: str) -> bool:
    """From now on this address opens the account, and the old one no longer does. False: it opens another account."""
    address = User.objects.normalize_email(to)
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email=address)
    except IntegrityError:
        return False
    EmailAddress.objects.filter(user=user).delete()  # what the library noted at sign-in would open it too
    user.email = address
    return True
