"""Addresses of these pages. ``retour`` and ``identite/retour`` are registered with the trust service provider."""

from django.urls import URLPattern, URLResolver, path

from paraphe.platform.web.ceremony import answering, identity, reading, signing

_HERE = "signer/c/<uuid:recipient_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("signer/retour/", signing.returned, name="ceremony-return"),
    path("signer/identite/retour/", identity.returned, name="ceremony-identity-return"),
    path("signer/remettre/<uuid:envelope_id>/<uuid:to>/", answering.hand_over, name="ceremony-hand-over"),
    path(_HERE, reading.show, name="ceremony"),
    path(f"{_HERE}lire/<int:number>/", reading.one_page, name="ceremony-read"),
    path(f"{_HERE}page/<uuid:document_id>/<int:page>/<int:width>/", reading.page, name="ceremony-page"),
    path(f"{_HERE}document/<uuid:document_id>/", reading.document, name="ceremony-document"),
    path(f"{_HERE}attestation/<uuid:document_id>/", reading.attestation, name="ceremony-attestation"),
    path(f"{_HERE}code/", reading.code, name="ceremony-code"),
    path(f"{_HERE}logo/", reading.logo, name="ceremony-logo"),
    path(f"{_HERE}remplir/", signing.fill, name="ceremony-fill"),
    path(f"{_HERE}signer/", signing.sign, name="ceremony-sign"),
    path(f"{_HERE}approuver/", answering.approve, name="ceremony-approve"),
    path(f"{_HERE}attente/", signing.waiting, name="ceremony-wait"),
    path(f"{_HERE}identite/", identity.identity, name="ceremony-identity"),
    path(f"{_HERE}refuser/", answering.refuse, name="ceremony-refuse"),
    path(f"{_HERE}question/", answering.ask, name="ceremony-ask"),
    path(f"{_HERE}transmettre/", answering.forward, name="ceremony-forward"),
    path(f"{_HERE}pas-moi/", answering.deny, name="ceremony-deny"),
    path("signer/<str:token>/", reading.arrive, name="ceremony-link"),
]
