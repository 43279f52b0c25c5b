from __future__ import annotations

from django.urls import path

from jobs import views

app_name = "jobs"

urlpatterns = [
    path("", views.vacancy_list, name="list"),
    path("<uuid:pk>/", views.vacancy_detail, name="detail"),
]
