from __future__ import annotations

from django.urls import path

from privacy import views

app_name = "privacy"

urlpatterns = [
    path("looked/", views.looked, name="looked"),
    path("mine.json", views.own_json, name="own_json"),
    path("mine.pdf", views.own_pdf, name="own_pdf"),
    path("erase/", views.erase, name="erase"),
    path("stay/", views.stay, name="stay"),
]
