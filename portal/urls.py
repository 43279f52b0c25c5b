"""Every address of the portal: /<language>/<municipality>/... for people, /admin/ for staff."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from portal import views
from portal.accounts.oidc.views import callback as oidc_callback
from portal.pages import views_offline, views_sitemap
from portal.pages.views_pictures import picture

in_municipality = [
    path("", include("portal.pages.urls")),
    path("", include("portal.search.urls")),
    path("", include("portal.enquiries.urls")),
    path("facts/", include("portal.statistics.urls")),
    path("my/data/", include("privacy.urls")),
    path("", include("newcomers.urls")),
    path("homes/", include("housing.urls")),
    path("jobs/", include("jobs.urls")),
    path("host/", include("welcome.hosting.urls")),
]

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("sw.js", views_offline.worker, name="worker"),
    path("admin/insight/", include("welcome.insight.urls")),
    path("admin/", admin.site.urls),
    # Registered at ID-porten and Entra ID, so one for all languages.
    path("account/oidc/<slug:provider_id>/login/callback/", oidc_callback, name="openid_connect_callback"),
    path("pictures/<str:name>", picture, name="picture"),
    path("robots.txt", views_sitemap.robots, name="robots"),
    path("sitemap.xml", views_sitemap.index, name="sitemap"),
    path("sitemaps/<slug:municipality_slug>.xml", views_sitemap.of_municipality, name="sitemap_of_municipality"),
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
    path("offline/", views_offline.offline, name="offline"),
    # Nobody has a password, and an address is changed on My page (newcomers.members.change_email).
    # Connections and sessions stand on the account's own page.
    re_path(r"^account/(?:signup|password|email|confirm-email|3rdparty|social|sessions)/", views.closed, name="closed"),
    path("account/", include("portal.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("", include("portal.pages.verification_urls")),
    path("<slug:municipality_slug>/", include(in_municipality)),
)
