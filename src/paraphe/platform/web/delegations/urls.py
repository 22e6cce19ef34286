"""Addresses of delegations and mandates."""

from django.urls import path

from paraphe.platform.web.delegations import public, views

urlpatterns = [
    path("mandats/<uuid:mandate_id>/", public.show, name="mandate-public"),
    path("mandats/<uuid:mandate_id>.pdf", public.deed, name="mandate-public-deed"),
    path("espace/delegations/", views.listing, name="delegations"),
    path("espace/delegations/nouveau/", views.draft, name="mandate-new"),
    path("espace/delegations/<uuid:mandate_id>/", views.show, name="mandate"),
    path("espace/delegations/<uuid:mandate_id>/mandat.pdf", views.deed, name="mandate-deed"),
    path("espace/delegations/<uuid:mandate_id>/signer/", views.sign, name="mandate-sign"),
    path("espace/delegations/<uuid:mandate_id>/retirer/", views.withdraw, name="mandate-withdraw"),
]
