"""Addresses of one's own account."""

from django.urls import URLPattern, path

from paraphe.platform.web.settings import data, views

urlpatterns: list[URLPattern] = [
    path("compte/", views.show, name="account"),
    path("compte/langue/", views.language, name="account-language"),
    path("compte/avis/", views.notices, name="account-notices"),
    path("compte/sessions/", views.end_other_sessions, name="account-sessions-end"),
    path("compte/sessions/<uuid:session_id>/", views.end_session, name="account-session-end"),
    path("compte/certificat/", views.certificate_again, name="account-certificate-again"),
    path("compte/donnees/", data.begin, name="account-export-begin"),
    path("compte/donnees/<uuid:export_id>/", data.show, name="account-export"),
    path("compte/donnees/<uuid:export_id>.zip", data.download, name="account-export-download"),
]
