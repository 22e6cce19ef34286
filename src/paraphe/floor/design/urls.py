"""Addresses."""

from django.urls import URLPattern, URLResolver, path

from paraphe.floor.design import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    path("composants/", gallery.components, name="components"),
]
