"""Questions of invented people in every state, one of them late, and what they say of two pages."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from portal.clock import add_working_days
from portal.demo import read
from portal.enquiries import remarks, services
from portal.enquiries.enums import RemarkState
from portal.enquiries.models import Enquiry, Remark
from portal.municipalities.models import Municipality
from portal.pages.models import ServiceInfo

# So that loading twice finds what was loaded.
IDS = uuid.UUID("5b0d8f2e-0f0c-4b5e-9a43-3c1f6a7e2d10")


def load_people(*, on: date) -> dict[str, int]:
    content = read("enquiries")
    for row in sorted(content["questions"], key=lambda row: -row["days_ago"]):
        pk = uuid.uuid5(IDS, row["email"])
        if not Enquiry.objects.filter(pk=pk).exists():
            _load_question(pk, row, on)
    for row in content["remarks"]:
        _load_remark(uuid.uuid5(IDS, row["text"]), row, on)
    return {"questions": Enquiry.objects.count(), "remarks": Remark.objects.count()}


def _load_question(pk: uuid.UUID, row: dict[str, Any], on: date) -> None:
    municipality = Municipality.objects.get(code=row["municipality"])
    page = f"/{row['language']}/{municipality.slug}/{row['page']}" if "page" in row else ""
    asked = {name: row.get(name, "") for name in ("question", "name", "email", "language", "topic", "search")}
    asked_on = on - timedelta(days=row["days_ago"])
    enquiry = services.ask(submission=pk, municipality=municipality, asked=asked | {"page": page}, on=asked_on)
    day = asked_on
    for number, answer in enumerate(row["answers"], start=1):
        day = add_working_days(day, answer["after"])
        services.answer(enquiry=enquiry, text=answer["text"], by=enquiry.owner, on=day)
        services.judge(
            enquiry=enquiry, answer=number, helped=answer["helped"], missing=answer.get("missing", ""), on=day
        )
    if row.get("dropped"):
        services.drop(enquiry=enquiry, on=asked_on)


def _load_remark(pk: uuid.UUID, row: dict[str, Any], on: date) -> None:
    municipality = Municipality.objects.get(code=row["municipality"])
    remark, is_new = remarks.remark(
        submission=pk,
        municipality=municipality,
        fact=ServiceInfo.objects.get(municipality=municipality, topic=row["topic"]),
        text=row["text"],
        language=row["language"],
        on=on - timedelta(days=row["days_ago"]),
    )
    if is_new and row.get("mended"):
        remarks.close(remark=remark, to=RemarkState.MENDED, by=remark.owner, on=remark.due_on)
