"""Addresses of histories."""

from django.urls import path

from paraphe.platform.web.history import views

urlpatterns = [
    path("espace/historique/", views.firm, name="history"),
    path("espace/historique.csv", views.firm_csv, name="history-csv"),
    path("documents/<uuid:document_id>/historique/", views.document, name="document-history"),
    path("documents/<uuid:document_id>/historique.csv", views.document_csv, name="document-history-csv"),
]
