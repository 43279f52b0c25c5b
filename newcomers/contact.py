"""Mail that newcomers have said yes to, purpose by purpose, and the one press that stops it (RFC 8058)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from newcomers.consents import may_write
from newcomers.enums import ConsentPurpose
from newcomers.models import Person
from portal.outbox.models import Message
from portal.outbox.services import Wish, write_message

SALT = "newcomers.unsubscribe"


def write_to(person: Person, *, purpose: str, key: str, template: str, context: dict[str, object]) -> Message | None:
    """Put a mail for this purpose into the outbox; None if the person has not said yes to it.

    `key` says which occasion; the person is added to it, so that each gets it once. The outbox asks again right before
    it sends: a yes that is taken back meanwhile stops the mail.
    """
    if not may_write(person, purpose):
        return None
    municipality = person.household.municipality
    language = municipality.nearest_language(person.household.language)
    return write_message(
        kind=purpose,
        key=f"{key}:{person.pk}",
        recipient=person.email,
        language=language,
        template=template,
        context={"person": person} | context,
        municipality=municipality,
        user=person.user,
        wish=Wish(purpose, person.pk, unsubscribe_url(person, purpose, language)),
        about=[person.household_id],
    )


def is_wanted(purpose: str, person_id: UUID) -> bool:
    person = Person.objects.filter(pk=person_id).first()
    return person is not None and may_write(person, purpose)


# --- Saying no again ------------------------------------------------------------------------------


def unsubscribe_url(person: Person, purpose: str, language: str) -> str:
    """Leads to a page with one button; mail programs post to it themselves. It holds no name and no address."""
    token = signing.dumps([person.pk.hex, purpose], salt=SALT)
    with translation.override(language):
        path = reverse("newcomers:unsubscribe", args=[person.household.municipality.slug, token])
    return settings.SITE_URL + path


def read_token(token: str) -> tuple[UUID, ConsentPurpose] | None:
    """Whose mail, and for what; None for a token that we have not made. It does not run out: a no always counts."""
    try:
        person_hex, purpose = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return UUID(person_hex), ConsentPurpose(purpose)
