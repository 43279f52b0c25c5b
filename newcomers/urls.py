from __future__ import annotations

from django.urls import include, path

from newcomers import views, views_desk, views_register

app_name = "newcomers"

urlpatterns = [
    path("register/", include("newcomers.urls_register")),
    path("postcode/", views_register.postcode, name="postcode"),
    path("desk/<uuid:pk>/", views_desk.confirm_desk, name="confirm_desk"),
    path("my/", views.my_page, name="my_page"),
    path("my/edit/", views.edit, name="edit"),
    path("my/consents/<slug:field>/", views.consent, name="consent"),
]
