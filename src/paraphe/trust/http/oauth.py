"""OAuth 2 of the trust site: tokens (RFC 6749), pushed requests (RFC 9126), revocation (RFC 7009), metadata (RFC 8414).

The page on which a holder decides (``/oauth2/authorize``) is in ``trust.pages.authorise``. Answers are JSON and never
cached; errors are those of RFC 6749 §5.2.
"""

from collections.abc import Callable, Mapping
from functools import wraps

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.http.auth import AuthorizationMalformed, client_by_secret
from paraphe.trust.http.authorization_details import TYPES, DetailsRefused, asked_by, describe
from paraphe.trust.remote import api as remote

REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"
LONGEST_STATE = 2000
AUTHENTICATION = ["client_secret_basic", "client_secret_post"]
View = Callable[[HttpRequest, clients.Client, Mapping[str, str]], HttpResponse]


class OAuthError(DomainError):
    """An error of RFC 6749 §5.2: ``params`` hold ``error`` and ``description``."""

    code = "oauth_error"

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error=error, description=description)
        self.error, self.description = error, description


def _answering(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Read the form, find the client, run ``view`` and turn errors into answers."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            form = _form(request)
            response = view(request, client_by_secret(request, form), form)
        except AuthorizationMalformed:
            response = _error(400, "invalid_request", "Malformed authorization header")
        except clients.ClientRefused:
            response = _error(401, "invalid_client", "Client authentication failed")
            response["WWW-Authenticate"] = 'Basic realm="oauth2"'
        except clients.TooManyAttempts as error:
            response = _error(429, "invalid_client", "Too many failed attempts, wait")
            response["Retry-After"] = str(error.params["seconds"])
        except OAuthError as error:
            response = _error(400, error.error, error.description)
        response["Cache-Control"] = "no-store"
        response["Pragma"] = "no-cache"
        return response

    return answer


@_answering
def token(request: HttpRequest, client: clients.Client, form: Mapping[str, str]) -> HttpResponse:
    """Give an access token: to the client for itself, or for what a holder authorised."""
    match form.get("grant_type", ""):
        case "client_credentials":
            return _own_token(client, form)
        case "authorization_code":
            return _holders_token(client, form)
        case "":
            raise OAuthError("invalid_request", "Missing parameter grant_type")
        case _:
            raise OAuthError("unsupported_grant_type", "Supported: client_credentials, authorization_code")


@_answering
def pushed_authorize(request: HttpRequest, client: clients.Client, form: Mapping[str, str]) -> HttpResponse:
    """Keep a request for authorisation and give the address part that the browser brings back."""
    if "request_uri" in form:
        raise OAuthError("invalid_request", "request_uri is not allowed here")
    if form.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code")
    if form.get("scope") != "credential" or "credential" not in client.scopes:
        raise OAuthError("invalid_scope", "scope must be credential, and the client must have it")
    if form.get("code_challenge_method") != "S256" or not remote.is_code_challenge(form.get("code_challenge", "")):
        raise OAuthError("invalid_request", "A code_challenge with method S256 is required")
    if len(form.get("state", "")) > LONGEST_STATE:
        raise OAuthError("invalid_request", "state is too long")
    try:
        clients.check_return_uri(client, form.get("redirect_uri", ""))
        asked = asked_by(form.get("authorization_details", ""))
        reference = remote.push(
            client.client_id,
            remote.Asked(
                credential_id=asked.credential_id,
                digests=asked.digests,
                labels=asked.labels,
                redirect_uri=form["redirect_uri"],
                state=form.get("state", ""),
                code_challenge=form["code_challenge"],
                locale=asked.locale,
            ),
        )
    except clients.ReturnUriRefused:
        raise OAuthError("invalid_request", "redirect_uri is not registered") from None
    except (DetailsRefused, remote.DigestsRefused) as error:
        description = f"Invalid authorization_details: {error.params['reason']}"
        raise OAuthError("invalid_authorization_details", description) from None
    except (NotFound, remote.CredentialUnusable):
        raise OAuthError("invalid_authorization_details", "Invalid parameter credentialID") from None
    lifetime = int(remote.REQUEST_LIFETIME.total_seconds())
    return JsonResponse({"request_uri": REQUEST_URI_PREFIX + reference, "expires_in": lifetime}, status=201)


@_answering
def revoke(request: HttpRequest, client: clients.Client, form: Mapping[str, str]) -> HttpResponse:
    """Take back a token of this client; the answer for a token that is nobody's is the same (RFC 7009 §2.2)."""
    if not form.get("token"):
        raise OAuthError("invalid_request", "Missing parameter token")
    if not clients.revoke_token(client, form["token"]):
        remote.revoke_activation(client.client_id, form["token"])
    return HttpResponse(status=200)


@require_GET
def metadata(request: HttpRequest) -> HttpResponse:
    """Describe this authorisation server (RFC 8414, RFC 9126 §5)."""
    site = settings.SITE_URL
    return JsonResponse(
        {
            "issuer": site,
            "authorization_endpoint": f"{site}/oauth2/authorize",
            "pushed_authorization_request_endpoint": f"{site}/oauth2/pushed_authorize",
            "require_pushed_authorization_requests": True,
            "token_endpoint": f"{site}/oauth2/token",
            "revocation_endpoint": f"{site}/oauth2/revoke",
            "token_endpoint_auth_methods_supported": AUTHENTICATION,
            "revocation_endpoint_auth_methods_supported": AUTHENTICATION,
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "scopes_supported": list(clients.SCOPES),
            "authorization_details_types_supported": list(TYPES),
        }
    )


def _own_token(client: clients.Client, form: Mapping[str, str]) -> HttpResponse:
    try:
        access, scopes = clients.issue_token(client, form.get("scope", "").split())
    except clients.ScopeRefused:
        raise OAuthError("invalid_scope", "The client does not have this scope") from None
    lifetime = int(clients.TOKEN_LIFETIME.total_seconds())
    return _token(access, lifetime, " ".join(scopes))


def _holders_token(client: clients.Client, form: Mapping[str, str]) -> HttpResponse:
    for name in ("code", "redirect_uri", "code_verifier"):
        if not form.get(name):
            raise OAuthError("invalid_request", f"Missing parameter {name}")
    try:
        sad, authorisation = remote.redeem(
            client.client_id,
            code=form["code"],
            redirect_uri=form["redirect_uri"],
            verifier=form["code_verifier"],
        )
    except (remote.GrantRefused, remote.ReuseRefused):
        raise OAuthError("invalid_grant", "The authorization code is not valid for this request") from None
    lifetime = int(remote.ACTIVATION_LIFETIME.total_seconds())
    details = describe(str(authorisation.credential_id), authorisation.digests)
    return _token(sad, lifetime, "credential", authorization_details=[details])


def _token(access: str, lifetime: int, scope: str, **more: object) -> HttpResponse:
    body = {"access_token": access, "token_type": "Bearer", "expires_in": lifetime, "scope": scope}
    return JsonResponse({**body, **more})


def _form(request: HttpRequest) -> dict[str, str]:
    """Return the parameters. Raises OAuthError for a wrong method, type or size, and for one that is there twice."""
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "POST application/x-www-form-urlencoded is required")
    try:
        values = {name: list(given) for name, given in request.POST.lists()}
    except (SuspiciousOperation, UnreadablePostError):
        raise OAuthError("invalid_request", "The body cannot be read") from None
    for name, given in values.items():
        if len(given) != 1:
            raise OAuthError("invalid_request", "A parameter is repeated")
        if "\x00" in name + given[0]:
            raise OAuthError("invalid_request", "A parameter has a character that it cannot have")
    return {name: given[0] for name, given in values.items()}


def _error(status: int, error: str, description: str) -> JsonResponse:
    return JsonResponse({"error": error, "error_description": description}, status=status)


urlpatterns = [
    path("oauth2/token", token, name="oauth2-token"),
    path("oauth2/pushed_authorize", pushed_authorize, name="oauth2-pushed-authorize"),
    path("oauth2/revoke", revoke, name="oauth2-revoke"),
    path(".well-known/oauth-authorization-server", metadata, name="oauth2-metadata"),
]
