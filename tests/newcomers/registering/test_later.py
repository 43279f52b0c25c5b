"""Leaving a registration half written, and coming back to it with the code from the e-mail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from newcomers import daily
from newcomers.models import Draft, Household
from newcomers.registering import drafts
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from tests.factories import MunicipalityFactory, PersonFactory, UserFactory
from tests.newcomers.registering.pages import MY_PAGE, URL, confirm, draft, fill, page_url, send, typed

pytestmark = pytest.mark.django_db

LATER, LEAVE, RETURN = f"{URL}later/", f"{URL}later/leave/", f"{URL}return/"
EMAIL = "kari@home.example"
NO_SUCH = "do not belong together"


def leave_with_code(client: Client, email: str = EMAIL) -> str:
    """Half way through, on the page of the wishes, they stop."""
    client.post(URL, {"situation": "moved"})
    client.post(page_url("you"), typed()["you"])
    response = client.post(page_url("wishes"), {"wishes": "A choir", "later": "1"})
    assert response.url == LATER
    assert client.post(LATER, {"email": email}).status_code == 200
    return code_in_mail(email)


def code_in_mail(email: str = EMAIL) -> str:
    text = Message.objects.filter(recipient=email.lower(), kind="registering_code").latest("created_at").text
    match = re.search(r"^([A-Z2-9]{4}-[A-Z2-9]{4})$", text, re.MULTILINE)
    assert match, text
    return match[1]


def come_back(client: Client, code: str, email: str = EMAIL) -> str:
    """Where it leads, or what the page says."""
    response = client.post(RETURN, {"email": email, "code": code})
    return response.url if response.status_code == 302 else str(response.context["form"].non_field_errors())


def test_what_was_typed_comes_back_on_another_device(client: Client, gol: Municipality) -> None:
    code = leave_with_code(client)
    phone = Client()
    assert come_back(phone, code.lower().replace("-", " "), "KARI@home.example") == page_url("contact")
    assert 'value="Kari Eksempel"' in phone.get(page_url("you")).content.decode()
    assert "A choir" in phone.get(page_url("wishes")).content.decode()


def test_what_is_half_written_is_kept_as_it_stands(client: Client, gol: Municipality) -> None:
    client.post(URL, {"situation": "moved"})
    client.post(page_url("you"), {"name": "Kari", "birth_year": "19", "later": "1"})
    page = client.get(page_url("you")).content.decode()
    assert 'value="Kari"' in page
    assert 'value="19"' in page


def test_the_first_page_can_be_left_too(client: Client, gol: Municipality) -> None:
    assert 'name="later"' in client.get(URL).content.decode()
    assert client.post(URL, {"situation": "planning", "later": "1"}).url == LATER
    client.post(LATER, {"email": EMAIL})
    assert come_back(Client(), code_in_mail()) == page_url("you")


def test_the_way_back_is_finished_as_any_other(client: Client, gol: Municipality) -> None:
    code = leave_with_code(Client())
    come_back(client, code)
    fill(client, typed(alone=True))
    send(client)
    confirm(client)
    assert Household.objects.get().name == "Kari Eksempel"
    assert not Draft.objects.exists()


def test_the_mail_holds_the_code_and_nothing_that_was_typed(client: Client, gol: Municipality) -> None:
    leave_with_code(client)
    mail = Message.objects.get(kind="registering_code")
    assert (mail.language, mail.is_secret, mail.municipality) == ("en", True, gol)
    assert f"{RETURN}" in mail.text
    for words in ("Kari", "choir", "1990"):
        assert words not in mail.text + mail.html
    assert draft().code_hash not in mail.text + mail.html
    assert code_in_mail().replace("-", "") not in str(draft().__dict__)


def test_the_address_is_proposed_where_it_is_known(client: Client, gol: Municipality) -> None:
    client.post(URL, {"situation": "moved"})
    client.post(page_url("contact"), {"email": EMAIL, "phone": "", "later": "1"})
    assert client.get(LATER).context["form"]["email"].value() == EMAIL


def test_who_is_signed_in_gets_the_code_at_their_own_address_proposed(client: Client, gol: Municipality) -> None:
    client.force_login(UserFactory(email="own@home.example"))
    client.post(URL, {"situation": "moved"})
    assert client.get(LATER).context["form"]["email"].value() == "own@home.example"


def test_a_borrowed_device_forgets(client: Client, gol: Municipality) -> None:
    code = leave_with_code(client)
    assert client.get(page_url("wishes")).status_code == 200
    client.post(LEAVE)
    assert client.get(page_url("wishes")).url == URL
    assert come_back(client, code) == page_url("contact")


def test_a_new_code_ends_the_old_one(client: Client, gol: Municipality) -> None:
    old = leave_with_code(client)
    client.post(LATER, {"email": EMAIL})
    assert NO_SUCH in come_back(Client(), old)
    assert come_back(Client(), code_in_mail()) == page_url("contact")


@pytest.mark.parametrize(("email", "code"), [(EMAIL, "BBBB-BBBB"), ("nobody@home.example", ""), (EMAIL, "'; --")])
def test_wrong_says_the_same_whether_somebody_is_there_or_not(
    client: Client, gol: Municipality, email: str, code: str
) -> None:
    right = leave_with_code(client)
    assert NO_SUCH in come_back(Client(), code or right, email)


def test_a_code_of_one_town_opens_nothing_in_another(client: Client, gol: Municipality) -> None:
    MunicipalityFactory(hemsedal=True)
    code = leave_with_code(client)
    response = Client().post("/en/hemsedal/register/return/", {"email": EMAIL, "code": code})
    assert NO_SUCH in str(response.context["form"].non_field_errors())


def test_five_wrong_tries_lock_the_code(client: Client, gol: Municipality) -> None:
    code = leave_with_code(client)
    for _number in range(5):
        assert drafts.come_back(municipality=gol, email=EMAIL, code="BBBBBBBB") is None
    assert NO_SUCH in come_back(Client(), code)
    # Whoever has the mailbox asks for another.
    client.post(LATER, {"email": EMAIL})
    assert come_back(Client(), code_in_mail()) == page_url("contact")


def test_a_locked_code_is_replaced_from_any_device(client: Client, gol: Municipality) -> None:
    """Anybody who knows the address can lock it; only who has the mailbox gets the new one."""
    code, phone = leave_with_code(client), Client()
    for _number in range(5):
        drafts.come_back(municipality=gol, email=EMAIL, code="BBBBBBBB")
    assert phone.post(RETURN, {"email": "KARI@home.example", "code": "", "new_code": "1"}).status_code == 200
    assert NO_SUCH in come_back(phone, code)
    assert come_back(phone, code_in_mail()) == page_url("contact")


def test_a_new_code_is_promised_alike_for_every_address(client: Client, gol: Municipality) -> None:
    leave_with_code(client)
    said = []
    for email in (EMAIL, "nobody@home.example"):
        response = Client().post(RETURN, {"email": email, "new_code": "1"})
        main = "".join(re.findall("<main.*</main>", response.content.decode(), re.S)).replace(email, "")
        said.append((response.status_code, re.sub(r'value="\w{64}"', "", main)))
    assert said[0] == said[1]
    assert "a new code is on its way" in said[0][1]
    assert Message.objects.filter(kind="registering_code").count() == 2
    assert Client().post(RETURN, {"email": "", "new_code": "1"}).context["form"].errors["email"]
    statuses = [Client().post(RETURN, {"email": EMAIL, "new_code": "1"}).status_code for _number in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_a_right_code_is_no_wrong_one_for_what_else_was_left(client: Client, gol: Municipality) -> None:
    first = leave_with_code(Client())
    other = Draft.objects.get()
    second = leave_with_code(client)
    for _number in range(6):
        assert drafts.come_back(municipality=gol, email=EMAIL, code=second.replace("-", "")) is not None
    assert drafts.come_back(municipality=gol, email=EMAIL, code=first.replace("-", "")) == other


def test_a_code_tried_a_thousand_times_opens_nothing(client: Client, gol: Municipality) -> None:
    leave_with_code(client)
    tries = [drafts.come_back(municipality=gol, email=EMAIL, code=f"{n:08}") for n in range(1000)]
    assert not any(tries)
    assert draft().wrong_tries == drafts.MOST_WRONG_TRIES


def test_the_page_itself_stops_who_goes_on_guessing(client: Client, gol: Municipality) -> None:
    leave_with_code(client)
    answers = [Client().post(RETURN, {"email": EMAIL, "code": "BBBB-BBBB"}).status_code for _number in range(11)]
    assert answers == [200] * 10 + [429]


def test_nobody_fills_another_mailbox_with_codes(client: Client, gol: Municipality) -> None:
    client.post(URL, {"situation": "moved"})
    statuses = [client.post(LATER, {"email": EMAIL}).status_code for _number in range(5)]
    assert statuses == [200] * 4 + [429]
    assert Message.objects.filter(kind="registering_code").count() == 4


def test_the_code_works_for_a_week(client: Client, gol: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    code = leave_with_code(client)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=6, hours=23))
    assert drafts.come_back(municipality=gol, email=EMAIL, code=code) is not None
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=7, minutes=1))
    assert drafts.come_back(municipality=gol, email=EMAIL, code=code) is None


def test_what_nobody_goes_on_with_is_dropped_after_a_week(client: Client, gol: Municipality) -> None:
    leave_with_code(client)
    today = timezone.localdate()
    assert daily.run(on=today + timedelta(days=7))["unfinished_dropped"] == 0
    assert daily.run(on=today + timedelta(days=8), dry_run=True)["unfinished_dropped"] == 1
    assert Draft.objects.exists()
    assert daily.run(on=today + timedelta(days=8))["unfinished_dropped"] == 1
    assert not Draft.objects.exists()
    assert client.get(page_url("wishes")).url == URL


def test_a_return_page_that_was_open_too_long_keeps_what_was_typed(gol: Municipality) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(RETURN, {"email": EMAIL, "code": "BBBB-BBBB"})
    assert response.status_code == 403
    assert EMAIL in response.content.decode()


def test_who_is_registered_has_nothing_to_come_back_to(client: Client, gol: Municipality) -> None:
    client.force_login(PersonFactory(household__municipality=gol, with_account=True).user)
    assert client.get(RETURN).url == MY_PAGE


def test_the_answers_are_in_no_cookie_and_no_address(client: Client, gol: Municipality) -> None:
    leave_with_code(client)
    assert "Kari" not in str(dict(client.session)) + str(client.cookies)
    with pytest.raises(signing.BadSignature):
        signing.loads(client.cookies["sessionid"].value)
