"""Every address of the portal: /<language>/<municipality>/... for people, /admin/ for staff."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from portal import views

in_municipality = [
    path("", include("portal.pages.urls")),
    path("", include("newcomers.urls")),
    path("homes/", include("housing.urls")),
    path("jobs/", include("jobs.urls")),
    path("host/", include("welcome.hosting.urls")),
]

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]

if not settings.PRODUCTION:
    from portal import views_components
    from portal.outbox import views as outbox_views

    urlpatterns += [
        path("components/", views_components.components_page, name="components"),
        path("mailbox/", outbox_views.mailbox, name="mailbox"),
        path("mailbox/<uuid:message_id>/", outbox_views.mail, name="mail"),
    ]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    # Nobody has a password, and an address is changed by the office, which knows whose household it opens.
    re_path(r"^account/(?:signup|password|email|confirm-email)/", views.closed, name="closed"),
    path("account/", include("allauth.urls")),
    path("<slug:municipality_slug>/", include(in_municipality)),
)
