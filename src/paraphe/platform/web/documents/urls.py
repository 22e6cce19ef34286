"""Addresses of the private space."""

from django.urls import path

from paraphe.platform.web.documents import parapheur, signature, views

urlpatterns = [
    path("espace/", views.home, name="private-space"),
    path("documents/ajouter/", views.add, name="document-add"),
    path("documents/<uuid:document_id>/", views.show, name="document"),
    path("documents/<uuid:document_id>/pages/<int:page>-<int:width>.png", views.page, name="document-page"),
    path("documents/<uuid:document_id>/telecharger/", views.download, name="document-download"),
    path("documents/<uuid:document_id>/nature/", views.set_kind, name="document-kind"),
    path("documents/<uuid:document_id>/supprimer/", views.delete, name="document-delete"),
    path("documents/<uuid:document_id>/signer/", signature.place, name="document-sign"),
    path("espace/parapheur/", parapheur.sign_many, name="sign-many"),
    path("signature/retour/", signature.returned, name="signature-return"),
    path("signature/<uuid:request_id>/", signature.progress, name="signature-progress"),
]
