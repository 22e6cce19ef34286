"""Addresses of sign-in, sign-out and the choice of the firm."""

from django.urls import path

from paraphe.platform.web.account import views

urlpatterns = [
    path("connexion/", views.sign_in, name="sign-in"),
    path("connexion/comptexpert/", views.start, name="sign-in-start"),
    path("connexion/retour/", views.callback, name="oidc-callback"),
    path("connexion/fin/", views.provider_sign_out, name="provider-sign-out"),
    path("deconnexion/", views.sign_out, name="sign-out"),
    path("cabinets/", views.choose_firm, name="choose-firm"),
    path("sans-acces/", views.no_access, name="no-access"),
]
