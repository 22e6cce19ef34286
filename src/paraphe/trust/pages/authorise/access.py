"""Which browser may see which request for authorisation: the one that opened it, and no other.

Nobody signs in here. A request is opened once, by its ``request_uri``; the session of that browser holds it. Everybody
else gets the same page as for a request that does not exist.
"""

from uuid import UUID

from django.http import HttpRequest

from paraphe.trust.remote import api as remote

SESSION_KEY = "authorisations"
_MOST_HELD = 20


def hold(request: HttpRequest, authorisation_id: UUID) -> None:
    """Bind the session of the browser to a request, under a new session number."""
    held = [known for known in request.session.get(SESSION_KEY, []) if known != str(authorisation_id)]
    request.session.cycle_key()
    request.session[SESSION_KEY] = [*held, str(authorisation_id)][-_MOST_HELD:]


def holds(request: HttpRequest, authorisation_id: UUID) -> bool:
    """Tell whether the session is bound to this request."""
    return str(authorisation_id) in request.session.get(SESSION_KEY, [])


def fetch(request: HttpRequest, authorisation_id: UUID) -> remote.Authorisation:
    """Return the request if the session holds it. Raises AuthorisationGone."""
    if not holds(request, authorisation_id):
        raise remote.AuthorisationGone
    return remote.load(authorisation_id)
