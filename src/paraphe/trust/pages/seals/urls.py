"""Addresses of the pages of deeds."""

from django.urls import path

from paraphe.trust.pages.seals import views

urlpatterns = [
    path("seals/<uuid:deed_id>/enter/<str:token>/", views.read, name="seals-read"),
    path("seals/<uuid:deed_id>/enter/<str:token>/deed.pdf", views.pdf, name="seals-pdf"),
    path("seals/<uuid:deed_id>/back/", views.back, name="seals-back"),
]
