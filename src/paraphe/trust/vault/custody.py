"""The key-encryption key over the years: changed, divided among custodians, put together again.

Nothing here is done while a signer serves the folder: its lock is taken first.
"""

import contextlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import shamir_mnemonic

from paraphe.trust.vault import store
from paraphe.trust.vault.errors import StoreRefused
from paraphe.trust.vault.signer import only_one

#: SLIP-39 allows sixteen shares of one group.
MOST_SHARES = 16


def rotate(directory: Path) -> int:
    """Seal every key of the store anew under a new key-encryption key; return how many there are.

    A crash leaves keys under the old and under the new one: the signer opens both, and the next call goes on. Copies of
    the old key are worth nothing for what is sealed afterwards. Raises StoreRefused.
    """
    with only_one(directory):
        following = directory / store.NEXT_KEK
        if not following.exists():
            store.write_kek(following, secrets.token_bytes(store.KEK_OCTETS))
        count = store.SealedStore(directory).seal_anew()
        os.replace(following, directory / store.KEK)
        store.sync(directory)
    return count


def split(directory: Path, needed: int, shares: int) -> list[str]:
    """Return the key-encryption key of a store in ``shares`` sentences of words (SLIP-39), ``needed`` of which suffice.

    Raises StoreRefused for numbers that make no sense, and for a store that cannot be read.
    """
    if not 2 <= needed <= shares <= MOST_SHARES:
        raise StoreRefused(
            sentence=f"{needed} of {shares} shares cannot be made: 2 to {MOST_SHARES}, needed among all."
        )
    kek = store.read_kek(directory / store.KEK)
    [words] = shamir_mnemonic.generate_mnemonics(1, [(needed, shares)], kek)
    return list(words)


def join(directory: Path, shares: Sequence[str]) -> None:
    """Put the key-encryption key of a store back together from shares; one that is there must be the same.

    Raises StoreRefused when the shares are too few, belong to another key, or the key opens none of the store's keys.
    """
    try:
        kek = shamir_mnemonic.combine_mnemonics([" ".join(share.split()).lower() for share in shares if share.strip()])
    except shamir_mnemonic.MnemonicError as error:
        raise StoreRefused(sentence=f"These shares do not make a key: {error}") from None
    path = directory / store.KEK
    if path.exists():
        if store.read_kek(path) != kek:
            raise StoreRefused(sentence=f"The shares are of another key-encryption key than {path}.")
        return
    store.write_kek(path, kek)
    try:
        store.SealedStore(directory).check_all()
    except Exception:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        raise
