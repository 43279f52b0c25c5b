"""Registering as a browser does it: page by page, as each answer leads to the next."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from newcomers.models import Draft, Registration
from portal.outbox.models import Message

URL = "/en/gol/register/"
CHECK = f"{URL}check/"
MY_PAGE = "/en/gol/my/"
CODE_PAGE = "/en/account/login/code/confirm/"

Typed = dict[str, dict[str, str]]

# A family that has moved; none of the boxes ticked.
FAMILY: Typed = {
    "situation": {"situation": "moved"},
    "you": {"name": "Kari Eksempel", "birth_year": "1990"},
    "contact": {"email": "Kari@Home.example", "phone": "00 00 00 71"},
    "adults": {"more": "no"},
    "adult-2": {"name": "Ola Eksempel", "birth_year": "1988", "email": "ola@home.example", "phone": ""},
    "children": {"child_birth_years": "2019, 2016"},
    "date": {"moved_in_on": "2026-11-01"},
    "maybe": {"maybe_when": ""},
    "part-time": {"part_time_kind": "cabin", "stay_longer": ""},
    "address": {"street": "Storgata 12 B", "care_of": "", "postcode": "3550"},
    "language": {"language": "pl"},
    "reason": {"reason": "work"},
    "wishes": {"wishes": "Kor og språkkafé"},
    "sharing": {},
}
PAGE_OF = {name: page for page, fields in FAMILY.items() for name in fields if page != "adult-2"} | {
    f"second_{name}": "adult-2" for name in FAMILY["adult-2"]
}


def typed(*, alone: bool = False, **changes: str) -> Typed:
    """The family, with other answers by the names of their fields (second_… for the other adult); or one alone."""
    pages = {page: dict(fields) for page, fields in FAMILY.items() if not (alone and page == "adult-2")}
    if alone:
        pages["children"] = {"child_birth_years": ""}
    for name, value in changes.items():
        if name.startswith("share_"):
            pages["sharing"][name] = value
        elif not (alone and name.startswith("second_")):
            pages[PAGE_OF[name]][name.removeprefix("second_")] = value
    return pages


def page_url(page: str, start: str = URL) -> str:
    return start if page == "situation" else f"{start}{page}/"


def fill(client: Client, pages: Typed, *, start: str = URL, way_in: str = "") -> Any:
    """Answer page after page, as each leads to the next; ends at the page of all answers, or where one is refused."""
    data = {"from": way_in} if way_in else {}
    response = client.post(start, pages["situation"] | data)
    others = [page for page in sorted(pages) if page.startswith("adult-")]
    while response.status_code == 302 and (page := _page_in(response.url, start)) != "check":
        answer = pages.get(page, {})
        if page == "adults" and others:
            answer = {"more": "yes"}
        if page in others:
            others.remove(page)
        response = client.post(response.url, answer)
    return response


def _page_in(url: str, start: str) -> str:
    assert url.startswith(start), url
    return url.removeprefix(start).partition("?")[0].strip("/") or "situation"


def send(client: Client, *, start: str = URL) -> Any:
    page = client.get(f"{start}check/")
    assert page.status_code == 200, getattr(page, "url", page.status_code)
    return client.post(f"{start}check/", {"seen": page.context["seen"]})


def register(client: Client, pages: Typed | None = None, *, start: str = URL, **changes: str) -> Any:
    """The whole way until it is sent."""
    response = fill(client, pages or typed(**changes), start=start)
    assert response.status_code == 302, dict(response.context["form"].errors)
    return send(client, start=start)


def change(client: Client, page: str, answer: dict[str, str]) -> Any:
    """Change one page from the page of all answers."""
    return client.post(f"{page_url(page)}?change=1", answer)


def errors_of(page: str, answer: dict[str, str], client: Client) -> dict[str, list[str]]:
    """What one page says of an answer."""
    response = client.post(page_url(page), answer)
    assert response.status_code == 200, response
    return dict(response.context["form"].errors)


def draft() -> Draft:
    return Draft.objects.get()


def code_for(email: str) -> str:
    text = Message.objects.filter(recipient=email, kind="account").latest("created_at").text
    match = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", text, re.MULTILINE)
    assert match, text
    return match[1]


def confirm(client: Client, email: str = "kari@home.example") -> Any:
    return client.post(CODE_PAGE, {"code": code_for(email), "next": MY_PAGE}, follow=True)


def sign_in(client: Client, email: str) -> Any:
    """As somebody who comes for another reason than registering."""
    client.post("/en/account/login/", {"login": email})
    return client.post(CODE_PAGE, {"code": code_for(email)})


def latest_registration() -> Registration:
    return Registration.objects.latest("created_at")
