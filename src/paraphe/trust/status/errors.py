"""Why no status is told."""

from paraphe.kernel.errors import DomainError


class ListUnavailable(DomainError):
    """There is no signed revocation list of this issuer that still holds; asking again later may help."""

    code = "revocation_list_unavailable"
