"""The state of a passkey's question, kept in the session between the page that asks and the form that answers."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from paraphe.trust.holders import api as holders

_STATES = "holder-passkeys"


def shown(request: HttpRequest, name: str, asked: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """Keep the state under ``name`` and return the options for the page."""
    options, state = asked
    request.session[_STATES] = {**request.session.get(_STATES, {}), name: state}
    return options


def posted(request: HttpRequest, name: str) -> tuple[Mapping[str, Any], str]:
    """Return the state, which is used up, and the answer of the browser. Raises FactorWrong without a question."""
    states = dict(request.session.get(_STATES, {}))
    state = states.pop(name, None)
    request.session[_STATES] = states
    if state is None:
        raise holders.FactorWrong
    return state, request.POST.get("response", "")[:20_000]
