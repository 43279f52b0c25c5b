"""Sign-in mail goes through the outbox like every other message, and nobody signs up without a household."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from portal import registry
from portal.accounts.adapter import ask_first
from portal.accounts.models import User
from portal.outbox.services import is_demo, queue

# What the library's mails call the site.
PRODUCT = {"name": "Bli her", "domain": settings.SITE_URL.partition("//")[2]}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from registering a household, or from the office."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To where somebody has something to do."""
        own = registry.landing(request.user) if isinstance(request.user, User) else None
        return own or str(super().get_login_redirect_url(request))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        return ask_first(request, super().post_login(request, user, **kwargs))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        language = translation.get_language() or "nb"
        site = {"current_site": PRODUCT, "site_url": settings.SITE_URL}
        context = {"email": email, "request": self.request, **site, **context}
        mail = self.render_mail(template_prefix, email, context)
        shared = {"text": mail.body, "language": language, "is_demo": is_demo(None)}
        queue(
            kind="account",
            key=f"account:{uuid.uuid4()}",
            recipient=email,
            language=language,
            subject=mail.subject,
            text=render_to_string("emails/account.txt", shared),
            html=render_to_string("emails/account.html", shared),
            is_secret=True,
            user=User.objects.filter(email=email.lower()).first(),
        )

    def format_email_subject(self, subject: str) -> str:
        return subject
