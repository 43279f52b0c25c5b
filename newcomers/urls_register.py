"""Registering: /<lang>/<municipality>/register/…"""

from __future__ import annotations

from django.urls import path

from newcomers import views_introduction, views_register, views_register_later, views_register_mine

urlpatterns = [
    path("", views_register.register, name="register"),
    path("check/", views_register.check, name="register_check"),
    path("later/", views_register_later.later, name="register_later"),
    path("later/leave/", views_register_later.leave, name="register_leave"),
    path("return/", views_register_later.come_back, name="register_return"),
    path("mine/", views_register_mine.mine, name="register_mine"),
    path("bring/<slug:origin>/", views_register.bring, name="register_bring"),
    path("employee/", views_introduction.introduce, name="introduce"),
    path("employee/sent/", views_introduction.sent, name="introduction_sent"),
    path("employee/confirm/<str:token>/", views_introduction.confirm, name="introduction_confirm"),
    path("employee/answer/<str:token>/", views_introduction.answer, name="introduction_answer"),
    path("<slug:page>/", views_register.register, name="register_page"),
    path("<slug:page>/remove/", views_register.remove_adult, name="register_remove"),
]
