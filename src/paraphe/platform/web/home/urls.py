"""Addresses of the first page of the private space, and of the search."""

from django.urls import URLPattern, path

from paraphe.platform.web.home import search, views

urlpatterns: list[URLPattern] = [
    path("espace/", views.home, name="private-space"),
    path("espace/recherche/", search.search, name="search"),
]
