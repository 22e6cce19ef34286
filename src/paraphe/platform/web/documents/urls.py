"""Addresses of the private space."""

from django.urls import path

from paraphe.platform.web.documents import look, parapheur, sending, signature, together, views

urlpatterns = [
    path("espace/documents/", views.listing, name="documents"),
    path("espace/documents/ensemble/", together.together, name="documents-together"),
    path("espace/documents.zip", together.archive, name="documents-zip"),
    path("espace/ma-signature/", look.edit, name="my-signature"),
    path("espace/ma-signature/image.png", look.image, name="my-signature-image"),
    path("documents/ajouter/", views.add, name="document-add"),
    path("documents/envois/", sending.begin, name="upload-begin"),
    path("documents/envois/ensemble/", sending.together, name="upload-together"),
    path("documents/envois/<uuid:upload_id>/", sending.one, name="upload"),
    path("documents/<uuid:document_id>/", views.show, name="document"),
    path("documents/<uuid:document_id>/pages/<int:page>-<int:width>.png", views.page, name="document-page"),
    path("documents/<uuid:document_id>/telecharger/", views.download, name="document-download"),
    path("documents/<uuid:document_id>/signatures/", views.signatures, name="document-signatures"),
    path("documents/<uuid:document_id>/modifier/", views.change, name="document-change"),
    path("documents/<uuid:document_id>/prolonger/", views.prolong, name="document-prolong"),
    path("documents/<uuid:document_id>/geler/", views.hold, name="document-hold"),
    path("documents/<uuid:document_id>/lever-le-gel/", views.release, name="document-release"),
    path("documents/<uuid:document_id>/supprimer/", views.delete, name="document-delete"),
    path("documents/<uuid:document_id>/signer/", signature.place, name="document-sign"),
    path("espace/parapheur/", parapheur.sign_many, name="sign-many"),
    path("signature/retour/", signature.returned, name="signature-return"),
    path("signature/<uuid:request_id>/", signature.progress, name="signature-progress"),
]
