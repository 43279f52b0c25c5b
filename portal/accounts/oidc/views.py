"""The way to ID-porten or Entra ID, and back."""

from __future__ import annotations

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.oidc.provider import LANGUAGE_KEY
from portal.accounts.oidc.tokens import Adapter


@login_not_required
@never_cache
@require_POST
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(OAuth2LoginView, request, provider_id)


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """One address for all languages, since it has to be registered there; answered in the language they left in."""
    language = request.session.pop(LANGUAGE_KEY, translation.get_language())
    with translation.override(language):
        return _answer(OAuth2CallbackView, request, provider_id)


def _answer(view: type[OAuth2LoginView | OAuth2CallbackView], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
