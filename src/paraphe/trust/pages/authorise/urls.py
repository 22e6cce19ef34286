"""Addresses of the page on which a holder authorises a signature."""

from django.urls import path

from paraphe.trust.pages.authorise import views

urlpatterns = [
    path("oauth2/authorize", views.arrive, name="oauth2-authorize"),
    path("authorise/<uuid:authorisation_id>/", views.authorise, name="authorise"),
    path("authorise/<uuid:authorisation_id>/resend/", views.resend, name="authorise-resend"),
    path("authorise/<uuid:authorisation_id>/delivery/", views.delivery, name="authorise-delivery"),
    path("authorise/<uuid:authorisation_id>/refuse/", views.refuse, name="authorise-refuse"),
    path("authorise/<uuid:authorisation_id>/return/", views.resume, name="authorise-resume"),
]
