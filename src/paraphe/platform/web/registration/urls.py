"""Addresses of the registration."""

from django.urls import path

from paraphe.platform.web.registration import views

urlpatterns = [
    path("enregistrement/", views.current, name="registration"),
    path("enregistrement/informations/", views.confirm, name="registration-confirm"),
    path("enregistrement/mobile/", views.mobile, name="registration-mobile"),
    path("enregistrement/certificat/", views.identity, name="registration-identity"),
    path("enregistrement/certificat/recommencer/", views.restart, name="registration-restart"),
    path("enregistrement/retour/", views.returned, name="registration-return"),
    path("enregistrement/conditions/", views.terms, name="registration-terms"),
    path("enregistrement/signature/", views.sign, name="registration-sign"),
    path("enregistrement/termine/", views.done, name="registration-done"),
    path("enregistrement/conditions-signees.pdf", views.signed_terms, name="signed-terms"),
    path("documents-legaux/<str:kind>/<str:version>.pdf", views.legal, name="legal-pdf"),
    path("documents-legaux/<str:kind>/", views.legal_current, name="legal"),
]
