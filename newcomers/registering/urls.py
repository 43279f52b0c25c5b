"""Registering: /<lang>/<municipality>/register/…"""

from __future__ import annotations

from django.urls import path

from newcomers.registering import views, views_introduction, views_later, views_mine

urlpatterns = [
    path("", views.register, name="register"),
    path("check/", views.check, name="register_check"),
    path("later/", views_later.later, name="register_later"),
    path("later/leave/", views_later.leave, name="register_leave"),
    path("return/", views_later.come_back, name="register_return"),
    path("mine/", views_mine.mine, name="register_mine"),
    path("bring/<slug:origin>/", views.bring, name="register_bring"),
    path("employee/", views_introduction.introduce, name="introduce"),
    path("employee/sent/", views_introduction.sent, name="introduction_sent"),
    path("employee/confirm/<str:token>/", views_introduction.confirm, name="introduction_confirm"),
    path("employee/answer/<str:token>/", views_introduction.answer, name="introduction_answer"),
    path("<slug:page>/", views.register, name="register_page"),
    path("<slug:page>/remove/", views.remove_adult, name="register_remove"),
]
