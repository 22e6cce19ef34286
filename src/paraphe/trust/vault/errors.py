"""What can go wrong with private keys."""

from paraphe.kernel.errors import DomainError


class VaultError(DomainError):
    """A key cannot be made or used."""

    code = "vault_error"


class VaultUnavailable(VaultError):
    """The signer process does not answer now; the same request may be repeated later."""

    code = "vault_unavailable"


class KeyUnknown(VaultError):
    """There is no key of this identifier: never made, or destroyed."""

    code = "key_unknown"


class PurposeRefused(VaultError):
    """The key was made for another purpose, or with another algorithm, than the one that the request names."""

    code = "purpose_refused"


class RequestRefused(VaultError):
    """The request is not one that the signer answers: unknown word, digest of a wrong length, too many digests."""

    code = "vault_request_refused"


class KeyBroken(VaultError):
    """The sealed file of the key was altered, or sealed under another key-encryption key."""

    code = "key_broken"


class StoreRefused(VaultError):
    """The folder of the keys cannot be used as it is; ``params["sentence"]`` says why and what to do."""

    code = "key_store_refused"

    def __str__(self) -> str:
        return str(self.params["sentence"])


BY_CODE: dict[str, type[VaultError]] = {
    error.code: error for error in (VaultError, VaultUnavailable, KeyUnknown, PurposeRefused, RequestRefused, KeyBroken)
}
