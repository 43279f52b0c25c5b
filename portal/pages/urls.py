from __future__ import annotations

from django.urls import path

from portal.pages import views

app_name = "pages"

urlpatterns = [
    path("", views.start, name="start"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
