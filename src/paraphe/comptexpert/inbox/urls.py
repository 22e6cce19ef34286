"""Addresses of the post office, under ``messages/``."""

from django.urls import path

from paraphe.comptexpert.inbox import views

urlpatterns = [
    path("", views.listing, name="inbox"),
    path("deliver", views.deliver, name="inbox-deliver"),
    path("<int:number>/", views.show, name="inbox-letter"),
]
