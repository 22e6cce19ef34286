"""Addresses of the holder's pages."""

from django.urls import path

from paraphe.trust.pages.holder import account, certificates, factors

urlpatterns = [
    path("revocation/", account.revocation, name="holder-revocation"),
    path("holder/enter/", account.enter, name="holder-enter"),
    path("holder/code/", account.code, name="holder-code"),
    path("holder/who/", account.who, name="holder-who"),
    path("holder/prove/", account.prove, name="holder-prove"),
    path("holder/leave/", account.leave, name="holder-leave"),
    path("holder/", certificates.home, name="holder-home"),
    path("holder/certificates/<uuid:credential_id>/", certificates.show, name="holder-certificate"),
    path("holder/certificates/<uuid:credential_id>/file/", certificates.download, name="holder-certificate-file"),
    path("holder/certificates/<uuid:credential_id>/revoke/", certificates.revoke, name="holder-revoke"),
    path("holder/certificates/<uuid:credential_id>/suspend/", certificates.suspend, name="holder-suspend"),
    path("holder/certificates/<uuid:credential_id>/reinstate/", certificates.reinstate, name="holder-reinstate"),
    path("holder/certificates/<uuid:credential_id>/renew/", certificates.renew, name="holder-renew"),
    path("holder/mandates/<uuid:mandate_id>/withdraw/", certificates.withdraw, name="holder-withdraw"),
    path("holder/factors/", factors.show, name="holder-factors"),
    path("holder/factors/application/", factors.application, name="holder-application"),
    path("holder/factors/passkey/", factors.passkey, name="holder-passkey"),
    path("holder/factors/<uuid:factor_id>/remove/", factors.remove, name="holder-factor-remove"),
    path("holder/factors/codes/", factors.codes, name="holder-codes"),
]
