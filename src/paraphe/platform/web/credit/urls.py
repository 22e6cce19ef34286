"""Addresses of the firm's credit."""

from django.urls import path

from paraphe.platform.web.credit import views

urlpatterns = [
    path("espace/credit/", views.show, name="credit"),
    path("espace/credit/releve.csv", views.as_csv, name="credit-csv"),
    path("espace/credit/releve.pdf", views.as_pdf, name="credit-pdf"),
]
