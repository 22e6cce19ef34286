"""The directory: what is said of a person between two sign-ins, for programs (SCIM 2.0, RFC 7644)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from paraphe.comptexpert.identity import people
from paraphe.comptexpert.identity.models import Account
from paraphe.comptexpert.identity.server import reads_directory

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
EXTENSION = "urn:paraphe:params:scim:schemas:extension:1.0:Accountant"


@never_cache
@require_GET
def user(request: HttpRequest, subject: str) -> JsonResponse:
    """Give one person by subject (RFC 7644, 3.4.1), with firms, roll and delegations in the form of the claims."""
    if not reads_directory(request.headers.get("Authorization", "")):
        answer = _error(401, "A bearer token of scope directory is needed.")
        answer["WWW-Authenticate"] = 'Bearer error="invalid_token", scope="directory"'
        return answer
    account = Account.objects.filter(subject=subject).first()
    if account is None:
        return _error(404, "There is no such user.")
    told = people.claims(account, "profile")
    body = {
        "schemas": [USER_SCHEMA, EXTENSION],
        "id": account.subject,
        "userName": account.identifier,
        "active": True,
        "name": {"givenName": account.given_name, "familyName": account.family_name},
        "emails": [{"value": account.email, "primary": True}],
        EXTENSION: {fact: told[f"paraphe_{fact}"] for fact in ("firms", "roll", "delegations")},
        "meta": {"resourceType": "User", "location": request.build_absolute_uri()},
    }
    return JsonResponse(body, content_type="application/scim+json")


def _error(status: int, detail: str) -> JsonResponse:
    body = {"schemas": [ERROR_SCHEMA], "status": str(status), "detail": detail}
    return JsonResponse(body, status=status, content_type="application/scim+json")
