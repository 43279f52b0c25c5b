"""Another e-mail address of one's own: a code that is mailed to it shows that it is theirs."""

from __future__ import annotations

import time
from typing import Any

from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from newcomers.registering.drafts import CODE_LETTERS
from portal.municipalities.middleware import SignedInRequest
from portal.outbox.services import write_message

# In the session: which address waits for its code.
KEY = "new_address"
MINUTES = 30


def ask(request: SignedInRequest, email: str) -> None:
    """Mail a code to the address; an older code no longer works."""
    code = get_random_string(8, CODE_LETTERS)
    waiting = {"email": email, "hash": _hash(email, code), "until": time.time() + MINUTES * 60}
    request.session[KEY] = waiting
    write_message(
        kind="new_address",
        key=f"new_address:{request.user.pk}:{waiting['hash']}",
        recipient=email,
        language=request.user.language,
        template="new_address",
        context={"code": f"{code[:4]}-{code[4:]}", "minutes": MINUTES},
        municipality=request.municipality,
        user=request.user,
        is_secret=True,
    )


def waiting_for(request: SignedInRequest) -> str:
    """The address that waits for its code; none when it has waited for too long."""
    waiting: dict[str, Any] = request.session.get(KEY, {})
    return str(waiting["email"]) if waiting and waiting["until"] > time.time() else ""


def is_right(request: SignedInRequest, code: str) -> bool:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    email = waiting_for(request)
    return bool(email) and constant_time_compare(request.session[KEY]["hash"], _hash(email, plain))


def forget(request: SignedInRequest) -> None:
    request.session.pop(KEY, None)


def _hash(email: str, code: str) -> str:
    return salted_hmac("newcomers.new_address", email + code, algorithm="sha256").hexdigest()
