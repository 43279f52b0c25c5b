from __future__ import annotations

from django.urls import include, path

from newcomers import views, views_register

app_name = "newcomers"

urlpatterns = [
    path("register/", include("newcomers.urls_register")),
    path("postcode/", views_register.postcode, name="postcode"),
    path("my/", views.my_page, name="my_page"),
    path("my/edit/", views.edit, name="edit"),
    path("my/consents/<slug:field>/", views.consent, name="consent"),
]
