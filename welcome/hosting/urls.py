from __future__ import annotations

from django.urls import path

from welcome.hosting import views

app_name = "hosting"

urlpatterns = [
    path("", views.newcomers, name="newcomers"),
    path("<uuid:assignment_id>/", views.newcomer, name="newcomer"),
    path("<uuid:assignment_id>/accept/", views.accept, name="accept"),
    path("<uuid:assignment_id>/decline/", views.decline, name="decline"),
    path("<uuid:assignment_id>/contact/", views.contact, name="contact"),
]
