"""Messages on their way."""

from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from portal.outbox.models import Message
from portal.outbox.services import write_message
from tests.factories import MunicipalityFactory


class MessageFactory(DjangoModelFactory[Message]):
    """Waits, and its time has come."""

    class Meta:
        model = Message

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    kind = "test"
    key = factory.Sequence(lambda n: f"test:{n}")
    recipient = "nora@nora.example"
    language = "nn"
    subject = "Hei"
    text = "Velkomen"
    html = "<p>Velkomen</p>"
    next_try_at = factory.LazyFunction(timezone.now)


def write(**given: Any) -> Message:
    """As an app writes one, from real templates."""
    defaults: dict[str, Any] = {
        "kind": "registered_with_others",
        "key": "registered:1",
        "recipient": "nora@nora.example",
        "language": "nb",
        "template": "registered_with_others",
        "context": {"invited": "https://portal.example/nb/gol/me/"},
    }
    municipality = given.pop("municipality", None) or MunicipalityFactory(gol=True)
    return write_message(**(defaults | {"municipality": municipality} | given))
