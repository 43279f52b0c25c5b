"""Under /admin/: pages of the office that belong to no table."""

from django.contrib import admin
from django.urls import path

from welcome.insight import views

app_name = "insight"
urlpatterns = [
    path("reach/", admin.site.admin_view(views.reach), name="reach"),
    path("reach.csv", admin.site.admin_view(views.reach_csv), name="reach_csv"),
]
