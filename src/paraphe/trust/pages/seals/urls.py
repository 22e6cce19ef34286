"""Addresses of the pages of deeds."""

from django.urls import path

from paraphe.trust.pages.seals import releases, views

urlpatterns = [
    path("seals/releases/<uuid:release_id>/enter/<str:token>/", releases.enter, name="seals-release"),
    path("seals/releases/<uuid:release_id>/enter/<str:token>/code/", releases.send, name="seals-release-code"),
    path("seals/<uuid:deed_id>/enter/<str:token>/", views.read, name="seals-read"),
    path("seals/<uuid:deed_id>/enter/<str:token>/deed.pdf", views.pdf, name="seals-pdf"),
    path("seals/<uuid:deed_id>/back/", views.back, name="seals-back"),
]
