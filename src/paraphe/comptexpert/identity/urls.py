"""Addresses of the identity provider."""

from django.urls import path

from paraphe.comptexpert.identity.views import directory, pages, protocol

urlpatterns = [
    path(".well-known/openid-configuration", protocol.discovery, name="identity-discovery"),
    path("authorize", protocol.authorize, name="identity-authorize"),
    path("token", protocol.token, name="identity-token"),
    path("userinfo", protocol.userinfo, name="identity-userinfo"),
    path("jwks", protocol.jwks, name="identity-jwks"),
    path("logout", protocol.logout, name="identity-logout"),
    path("scim/v2/Users/<str:subject>", directory.user, name="identity-directory"),
    path("", pages.account, name="identity-account"),
    path("connexion/", pages.sign_in, name="identity-sign-in"),
    path("deconnexion/", pages.sign_out, name="identity-sign-out"),
    path("au-revoir/", pages.signed_out, name="identity-signed-out"),
    path("conseil/", pages.council, name="identity-council"),
    path("conseil/<int:number>/", pages.correction, name="identity-correction"),
    path("conseil/<int:number>/radiation/", pages.strike_off, name="identity-strike-off"),
    path("conseil/<int:number>/depart/", pages.departure, name="identity-departure"),
]
