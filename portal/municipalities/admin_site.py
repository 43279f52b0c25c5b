"""The staff's way in: Django's admin, closed to strangers, opening on what the office must do today."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal import clock, registry
from portal.municipalities.access import has_permission, is_region_administrator, roles_of
from portal.municipalities.admin_base import ScopedAdmin
from portal.municipalities.admin_figures import figures_page, places_with_figures
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality


class PortalAdminSite(admin.AdminSite):
    site_title = "Bli her"
    site_header = "Bli her"
    index_title = _("Today")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only scoped admins: a table that staff see without the municipality's wall cannot be registered."""
        if admin_class is None or not issubclass(admin_class, ScopedAdmin):
            raise TypeError(f"{admin_class} must be a ScopedAdmin (portal.municipalities.admin_base).")
        super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(roles_of(request.user)) and self._second_factor_done(request)

    def _second_factor_done(self, request: HttpRequest) -> bool:
        """In this session: one that was open before the factor was added may be anybody's."""
        if not settings.STAFF_SECOND_FACTOR:
            return True
        used = [record for record in get_authentication_records(request, request.user) if record["method"] == "mfa"]
        if any(record.get("provider") in settings.SECOND_FACTOR_FROM for record in used):
            return True
        return any("provider" not in record for record in used) and is_mfa_enabled(request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Strangers get 404; staff get the admin in their own language."""
        guarded = super().admin_view(view, cacheable)

        # Django's admin sets a few style attributes; nothing else may.
        @csp_update({"style-src-attr": [UNSAFE_INLINE]})  # type: ignore[arg-type]  # csp types one element only
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not roles_of(request.user):
                raise Http404
            if request.user.is_authenticated:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = request.user.language
            return guarded(request, *args, **kwargs)

        return inner

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign-in is the portal's own; here only the second factor is asked for, once the code was right."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")), settings.LOGIN_URL)
        if not roles_of(request.user):
            raise Http404
        if not self._second_factor_done(request):
            with translation.override(request.user.language):
                if is_mfa_enabled(request.user):
                    return redirect_to_login(reverse("admin:index"), reverse("mfa_reauthenticate"))
                text = _("Staff need a second factor. Add one here first, then open the office again.")
                messages.warning(request, str(text))
                return redirect("mfa_index")
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        raise Http404  # nobody has a password

    password_change_done = password_change

    def get_urls(self) -> list[Any]:
        return [path("figures/", self.admin_view(require_safe(figures_page)), name="figures"), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        own, on = list(self._own_municipalities(request)), clock.today()
        context = {
            "own_municipalities": own,
            "on": on,
            "queues": registry.day_page(request.user, own, on),
            "figures": registry.figures(request.user, own, on),
            "may_see_figures": places_with_figures(request.user).exists(),
            "may_see_reach": has_permission(request.user, Permission.FIGURES_VIEW),
        }
        return super().index(request, (extra_context or {}) | context)

    def _own_municipalities(self, request: HttpRequest) -> QuerySet[Municipality]:
        """Where somebody has a role; all that are switched on for a region administrator."""
        active = Municipality.objects.filter(is_active=True)
        if is_region_administrator(request.user):
            return active
        return active.filter(staff_roles__in=roles_of(request.user)).distinct()
