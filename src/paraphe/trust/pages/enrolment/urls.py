"""Addresses of the enrolment pages."""

from django.urls import URLPattern, URLResolver, include, path

from paraphe.trust.pages.enrolment import arrival, ending, photographs

_of_one: list[URLPattern | URLResolver] = [
    path("", arrival.index, name="enrolment-index"),
    path("enter/<str:token>/", arrival.enter, name="enrolment-enter"),
    path("kind/", photographs.kind, name="enrolment-kind"),
    path("front/", photographs.front, name="enrolment-front"),
    path("back/", photographs.back, name="enrolment-back"),
    path("check/", photographs.check, name="enrolment-check"),
    path("image/<side:side>.jpg", photographs.image, name="enrolment-image"),
    path("reading/", photographs.reading, name="enrolment-reading"),
    path("review/", photographs.review, name="enrolment-review"),
    path("progress/", photographs.progress, name="enrolment-progress"),
    path("agreement/", ending.agreement, name="enrolment-agreement"),
    path("agreement/<int:number>.png", ending.agreement_page, name="enrolment-agreement-page"),
    path("agreement/accord-de-souscription.pdf", ending.agreement_pdf, name="enrolment-agreement-pdf"),
    path("code/", ending.code, name="enrolment-code"),
    path("code/resend/", ending.resend, name="enrolment-code-resend"),
    path("issuing/", ending.issuing, name="enrolment-issuing"),
    path("done/", ending.done, name="enrolment-done"),
    path("done/accord-de-souscription-signe.pdf", ending.signed_pdf, name="enrolment-signed-pdf"),
    path("refused/", ending.ended, name="enrolment-refused"),
    path("expired/", ending.ended, name="enrolment-expired"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("enrolment/<uuid:enrolment_id>/", include(_of_one))]
