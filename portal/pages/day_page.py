"""Facts that nobody has checked lately or that nobody owns, and links that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality
from portal.pages.links import broken
from portal.pages.models import Article, ContactPoint, Link, ServiceInfo, Step
from portal.pages.verification import MODELS, unowned
from portal.registry import Queue, first_step


def queues(user: User, municipalities: Sequence[Municipality], on: date) -> Iterable[Queue]:
    own = [m for m in municipalities if has_permission(user, Permission.CONTENT_EDIT, m)]
    if not own:
        return
    written = set(ServiceInfo.objects.filter(municipality__in=own).order_by().values_list("municipality", flat=True))
    yield from first_step(
        2, _("Begin here: texts and contact points"), sum(m.pk not in written for m in own),
        reverse("admin:pages_serviceinfo_add"), _("Write what a newcomer needs to know; letters draw on it"),
    )  # fmt: skip
    yield from _overdue(own, on)
    yield from _unowned(own)
    yield _broken(own)


def _list_of(model: type[Model], query: str) -> str:
    return f"{reverse(f'admin:pages_{model._meta.model_name}_changelist')}?{query}"


def _overdue(own: Sequence[Municipality], on: date) -> Iterable[Queue]:
    letters, pages = _("What is not checked stands in no letter."), _("Readers are told that nobody has checked it.")
    kinds: list[tuple[int, Any, str, str]] = [
        (40, ContactPoint, _("Contact points nobody has checked lately"), letters),
        (41, ServiceInfo, _("Texts nobody has checked lately"), letters),
        (42, Article, _("Articles nobody has checked lately"), pages),
        (43, Step, _("Steps nobody has checked lately"), pages),
    ]
    for order, model, title, detail in kinds:
        count = model.objects.filter(municipality__in=own).overdue(on).count()
        yield Queue(
            order=order,
            title=title,
            count=count,
            url=_list_of(model, "checked=overdue"),
            state="late" if count else "ok",
            action=_("Check them"),
            detail=detail,
        )


def _unowned(own: Sequence[Municipality]) -> Iterable[Queue]:
    for number, model in enumerate(MODELS):
        if count := unowned(model.objects.filter(municipality__in=own)).count():
            yield Queue(
                order=44 + number,
                title=_("%(kind)s without an owner") % {"kind": capfirst(model._meta.verbose_name_plural)},
                count=count,
                url=_list_of(model, "owner=nobody"),
                state="due",
                action=_("Give each an owner"),
                detail=_("The owner is asked by mail to keep it true."),
            )


def _broken(own: Sequence[Municipality]) -> Queue:
    count = broken().filter(municipality__in=own).count()
    return Queue(
        order=48,
        title=_("Links that lead nowhere"),
        count=count,
        url=_list_of(Link, "answer=broken"),
        state="late" if count else "ok",
        action=_("Mend or remove them where they stand"),
        detail=_("They failed on two days in a row, or more."),
    )
