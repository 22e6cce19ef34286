"""Addresses of the officers' pages, and those of the account library that officers need."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from paraphe.trust.pages.officer import administration, certificates, figures, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("officer/", views.home, name="officer-queue"),
    path("officer/certificates/", certificates.search, name="officer-certificates"),
    path("officer/certificates/many/", certificates.many, name="officer-revoke-many"),
    path("officer/certificates/<uuid:credential_id>/", certificates.show, name="officer-certificate"),
    path("officer/certificates/<uuid:credential_id>/act/", certificates.act, name="officer-certificate-act"),
    path("officer/proposals/", administration.proposals, name="officer-proposals"),
    path("officer/proposals/<uuid:proposal_id>/", administration.settle, name="officer-settle"),
    path("officer/officers/", administration.officers, name="officer-officers"),
    path("officer/officers/<int:officer_id>/", administration.change, name="officer-change"),
    path("officer/journal/", administration.journal_lines, name="officer-journal"),
    path("officer/cases/<uuid:case_id>/", views.case, name="officer-case"),
    path("officer/cases/<uuid:case_id>/<side:side>.jpg", views.image, name="officer-image"),
    path("officer/cases/<uuid:case_id>/<side:side>-flat.jpg", views.flat, name="officer-flat"),
    path("officer/figures/", figures.figures, name="officer-figures"),
    path("officer/figures/<slug:profile>/", figures.accept, name="officer-accept"),
    path("officer/account/login/", account.login, name="account_login"),
    path("officer/account/logout/", account.logout, name="account_logout"),
    path("officer/account/inactive/", account.account_inactive, name="account_inactive"),
    path("officer/account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("officer/account/password/", account.password_change, name="account_change_password"),
    path("officer/account/factors/", include("allauth.mfa.urls")),
]
