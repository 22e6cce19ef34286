"""The lists as they were last found good, in a folder: brought up to date by a job, read without any network."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from cryptography import x509

from paraphe.kernel.errors import DomainError
from paraphe.trustlists.errors import ListOutdated, ListUnreadable
from paraphe.trustlists.reading import parse, read
from paraphe.trustlists.signature import signed_root
from paraphe.trustlists.values import TrustedList, TrustedService

EU_LISTS = "https://ec.europa.eu/tools/lotl/eu-lotl.xml"
FORMAT = 1
MAX_PIVOTS = 40

Fetch = Callable[[str], bytes]
"""Returns the bytes at an address; raises a DomainError when they cannot be had."""


@dataclass(frozen=True)
class Update:
    """What came of bringing the lists up to date: territories that are new, that stayed, and what failed why."""

    taken: tuple[str, ...]
    kept: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def known_signers() -> list[x509.Certificate]:
    """Return the certificates that may sign the European list of lists, as far as they are known without asking.

    Published in the Official Journal of the European Union, C 276 of 16 August 2019, and as followed since then; the
    files come with pyHanko.
    """
    folder = files("pyhanko.sign.validation.qualified").joinpath("lotl-certs")
    found: list[x509.Certificate] = []
    for name in ("latest.cert.pem", "bootstrap-1.cert.pem", "bootstrap-0.cert.pem"):
        found += x509.load_pem_x509_certificates(folder.joinpath(name).read_bytes())
    return found


class Store:
    """The folder with one file per territory: what its list trusts, checked when it came in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def services(self) -> list[TrustedService]:
        """Return every service of every list that is kept. A file that cannot be read raises ListUnreadable."""
        found: list[TrustedService] = []
        for path in sorted(self._folder.glob("*.json")):
            found += _decoded(path)["services"]
        return found

    def update(
        self, fetch: Fetch, signers: Sequence[x509.Certificate], now: datetime, address: str = EU_LISTS
    ) -> Update:
        """Fetch the list of lists and every list that it points to; keep those that are signed as they must be.

        A list that cannot be had or is wrong leaves the one before it in place. Raises ListNotSigned, ListUnreadable,
        or what ``fetch`` raises, when it is the list of lists itself that is wrong: nothing changes then.
        """
        lists = self._list_of_lists(fetch, signers, now, address)
        taken: list[str] = []
        kept: list[str] = []
        failed: list[tuple[str, str]] = []
        for pointer in lists.pointers:
            if pointer.location == address or pointer.territory in ("", "EU"):
                continue
            try:
                issuers = [x509.load_der_x509_certificate(der) for der in pointer.signers]
                found = read(signed_root(fetch(pointer.location), issuers, now))
                fresh = self._keep(pointer.territory, found)
            except (DomainError, ValueError) as error:
                failed.append((pointer.territory, error.code if isinstance(error, DomainError) else "list_unreadable"))
            else:
                (taken if fresh else kept).append(pointer.territory)
        return Update(tuple(taken), tuple(kept), tuple(failed))

    def _list_of_lists(
        self, fetch: Fetch, signers: Sequence[x509.Certificate], now: datetime, address: str
    ) -> TrustedList:
        data = fetch(address)
        current = list(signers)
        # What an unsigned list says of its pivots is only a hint: each pivot is checked by the certificates before it.
        for pivot in reversed(read(parse(data)).pivots[:MAX_PIVOTS]):
            try:
                earlier = fetch(pivot)
                issued = read(parse(earlier)).issued
                found = read(signed_root(earlier, current, issued))
            except DomainError:
                continue
            own = [der for pointer in found.pointers if pointer.location == address for der in pointer.signers]
            current = [x509.load_der_x509_certificate(der) for der in own] or current
        return read(signed_root(data, current, now))

    def _keep(self, territory: str, found: TrustedList) -> bool:
        """Write the list down unless it is the one that is kept. Raises ListOutdated for an older one."""
        if not territory.isalpha() or len(territory) != 2:
            raise ListUnreadable(reason="territory")
        path = self._folder / f"{territory}.json"
        before = _decoded(path)["sequence"] if path.exists() else 0
        if found.sequence < before:
            raise ListOutdated(territory=territory, sequence=found.sequence)
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(_encoded(found), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return bool(found.sequence > before)


def _encoded(found: TrustedList) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "territory": found.territory,
        "sequence": found.sequence,
        "issued": found.issued.isoformat(),
        "services": [
            {
                "certificate": base64.b64encode(one.certificate).decode(),
                "purpose": one.purpose,
                "provider": one.provider,
                "service": one.service,
                "territory": one.territory,
                "since": one.since.isoformat(),
                "until": one.until.isoformat() if one.until else None,
            }
            for one in found.services
        ],
    }


def _decoded(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise ListUnreadable(reason="format", file=path.name)
        services = [
            TrustedService(
                certificate=base64.b64decode(one["certificate"]),
                purpose=one["purpose"],
                provider=one["provider"],
                service=one["service"],
                territory=one["territory"],
                since=datetime.fromisoformat(one["since"]),
                until=datetime.fromisoformat(one["until"]) if one["until"] else None,
            )
            for one in found["services"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        raise ListUnreadable(reason="kept file", file=path.name) from None
    return {"sequence": int(found["sequence"]), "services": services}
