"""Addresses of histories."""

from django.urls import path

from paraphe.platform.web.history import proofs, views

urlpatterns = [
    path("espace/preuves/", proofs.show, name="proofs"),
    path("espace/preuves/<uuid:proof_id>.pdf", proofs.download, name="proof"),
    path("espace/historique/", views.firm, name="history"),
    path("espace/historique.csv", views.firm_csv, name="history-csv"),
    path("documents/<uuid:document_id>/historique/", views.document, name="document-history"),
    path("documents/<uuid:document_id>/historique.csv", views.document_csv, name="document-history-csv"),
]
