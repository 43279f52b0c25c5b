"""The mailbox of a demonstration: no mail leaves the machine, so it is read here."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from portal.outbox.models import Message


def _only_where_mail_stays() -> None:
    if settings.PRODUCTION or settings.EMAIL_HOST:
        raise Http404


@login_not_required
def mailbox(request: HttpRequest) -> HttpResponse:
    _only_where_mail_stays()
    return render(request, "outbox/mailbox.html", {"messages_sent": Message.objects.all()[:50]})


@login_not_required
def mail(request: HttpRequest, message_id: str) -> HttpResponse:
    _only_where_mail_stays()
    return render(request, "outbox/mail.html", {"message": get_object_or_404(Message, pk=message_id)})
