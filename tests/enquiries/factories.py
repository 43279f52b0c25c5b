"""Questions and remarks for tests; they come into being as in the portal, through the services."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import count
from typing import Any

from django.core.signing import TimestampSigner
from django.test import Client

from portal.enquiries import remarks, services
from portal.enquiries.models import Enquiry, Remark
from portal.municipalities.models import Municipality
from portal.pages.models import Article, ServiceInfo
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, ServiceInfoFactory

QUESTION = "When does the swimming hall open on Sundays?"
_numbers = count(1)


def asked(municipality: Municipality | None = None, *, on: date = TODAY, **changes: str) -> Enquiry:
    """A question to Gol."""
    given = {
        "question": QUESTION, "name": "Nora Eksempel", "email": f"nora{next(_numbers)}@home.example", "language": "en",
        "topic": "", "page": "", "search": "",
    }  # fmt: skip
    return services.ask(
        submission=uuid.uuid4(),
        municipality=municipality or MunicipalityFactory(gol=True),
        asked=given | changes,
        on=on,
    )


def answered(municipality: Municipality | None = None, *, on: date = TODAY, **changes: str) -> Enquiry:
    enquiry = asked(municipality, on=on, **changes)
    services.answer(enquiry=enquiry, text="From ten to four.", by=None, on=on)
    return enquiry


def remarked(municipality: Municipality | None = None, *, fact: ServiceInfo | Article | None = None,
             on: date = TODAY, text: str = "The phone number is an old one.") -> Remark:  # fmt: skip
    municipality = municipality or MunicipalityFactory(gol=True)
    fact = fact or municipality.serviceinfos.first() or ServiceInfoFactory(municipality=municipality)
    return remarks.remark(
        submission=uuid.uuid4(), municipality=municipality, fact=fact, text=text, language="en", on=on
    )[0]


def stamp(*, age: int = 60) -> str:
    """As a page opened so many seconds ago holds it."""
    signer = TimestampSigner(salt="portal.enquiries.stamp")
    signer.timestamp = lambda: _ago(age)  # type: ignore[method-assign]
    return signer.sign(uuid.uuid4().hex)


def _ago(age: int) -> str:
    import time

    from django.core.signing import b62_encode

    return b62_encode(int(time.time()) - age)


def typed(**changes: Any) -> dict[str, Any]:
    """As a browser sends the question; every field of the form."""
    return {
        "stamp": stamp(), "website": "", "page": "", "search": "", "question": QUESTION, "topic": "",
        "email": "nora@home.example", "name": "Nora Eksempel", "language": "en",
    } | changes  # fmt: skip


def send(client: Client, slug: str = "gol", **changes: Any) -> Any:
    return client.post(f"/en/{slug}/ask/", typed(**changes))
