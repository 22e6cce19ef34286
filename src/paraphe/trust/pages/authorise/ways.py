"""The ways in which a holder may confirm, the strongest first: passkey, authenticator application, code by SMS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paraphe.trust.holders import api as holders
from paraphe.trust.pages.authorise.forms import ApplicationForm, CodeForm, PasskeyForm
from paraphe.trust.remote import api as remote

_STATES = "authorise-passkeys"
_MOST_STATES = 10
Row = remote.Authorisation


@dataclass(frozen=True)
class Way:
    """One way: its form, what its page needs, how it confirms. Raises what the doors below raise."""

    name: str
    label: Promise
    form: Callable[..., Form]
    show: Callable[[HttpRequest, Row, str], Mapping[str, Any]]
    confirm: Callable[[HttpRequest, Row, Form], Row]


def of(row: Row) -> list[Way]:
    """Return the ways that the holder of this request has."""
    holder = remote.holder_of_request(row)
    kinds = {factor.kind for factor in holders.of(holder)}
    found = [way for way in (PASSKEY, APPLICATION) if way.name in kinds]
    return [*found, SMS] if holder.codes_allowed or not found else found


def chosen(name: str, offered: list[Way]) -> Way:
    """Return the way that the browser names, or else the strongest."""
    return next((way for way in offered if way.name == name), offered[0])


def _show_passkey(request: HttpRequest, row: Row, _subject: str) -> Mapping[str, Any]:
    options, state = remote.passkey_request(row.pk)
    known = dict(list(request.session.get(_STATES, {}).items())[-_MOST_STATES:])
    request.session[_STATES] = {**known, str(row.pk): state}
    return {"passkey_options": options}


def _confirm_passkey(request: HttpRequest, row: Row, form: Form) -> Row:
    states = dict(request.session.get(_STATES, {}))
    state = states.pop(str(row.pk), None)
    request.session[_STATES] = states
    if state is None:
        raise holders.FactorWrong
    return remote.confirm_by_passkey(row.pk, state, form.cleaned_data["response"])


def _show_application(_request: HttpRequest, _row: Row, _subject: str) -> Mapping[str, Any]:
    return {}


def _confirm_application(_request: HttpRequest, row: Row, form: Form) -> Row:
    return remote.confirm_by_application(row.pk, form.cleaned_data["code"])


def _show_sms(_request: HttpRequest, row: Row, subject: str) -> Mapping[str, Any]:
    return {"challenge": remote.send_code(row.pk, subject)}


def _confirm_sms(_request: HttpRequest, row: Row, form: Form) -> Row:
    return remote.confirm(row.pk, form.cleaned_data["code"])


PASSKEY = Way("passkey", _("Clé d'accès"), PasskeyForm, _show_passkey, _confirm_passkey)
APPLICATION = Way("totp", _("Application d'authentification"), ApplicationForm, _show_application, _confirm_application)
SMS = Way("sms", _("Code par SMS"), CodeForm, _show_sms, _confirm_sms)
