"""Addresses of the officers' pages, and those of the account library that officers need."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from paraphe.trust.pages.officer import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("officer/", views.queue, name="officer-queue"),
    path("officer/cases/<uuid:case_id>/", views.case, name="officer-case"),
    path("officer/cases/<uuid:case_id>/<side:side>.jpg", views.image, name="officer-image"),
    path("officer/account/login/", account.login, name="account_login"),
    path("officer/account/logout/", account.logout, name="account_logout"),
    path("officer/account/inactive/", account.account_inactive, name="account_inactive"),
    path("officer/account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("officer/account/password/", account.password_change, name="account_change_password"),
    path("officer/account/factors/", include("allauth.mfa.urls")),
]
