"""What can go wrong when something is fetched."""

from paraphe.kernel.errors import DomainError


class AddressRefused(DomainError):
    """The address is not one that this program connects to; ``params["reason"]`` tells why."""

    code = "address_refused"


class FetchFailed(DomainError):
    """Nothing of use came from the address, within the limits of time and size."""

    code = "fetch_failed"
