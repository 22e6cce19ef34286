"""The cast in the database, with passwords of this machine; and the programs that sign people in."""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from paraphe.comptexpert.identity import keyfile
from paraphe.comptexpert.identity.cast import CAST, FIRMS, CastPerson
from paraphe.comptexpert.identity.errors import CastSecretsUnusable
from paraphe.comptexpert.identity.models import Account, Client, Firm, Post
from paraphe.floor.secrets import keyed_hash

SECRET_PURPOSE: Final = "identity.client-secret"  # noqa: S105
# Letters and digits that nobody mistakes for one another: passwords are typed from a terminal.
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def seed(data_dir: Path) -> None:
    """Bring the cast into the database and make the signing key, as often as one likes.

    What a council corrected since stays corrected, and who left a firm has left it. Passwords are made at the first
    call and kept in ``comptexpert/secrets/cast.json`` of ``data_dir`` (mode 600). Raises CastSecretsUnusable.
    """
    secrets_dir = data_dir / "comptexpert" / "secrets"
    keyfile.create(secrets_dir)
    passwords = _passwords(secrets_dir / "cast.json")
    with transaction.atomic():
        firms = {
            firm.siren: Firm.objects.get_or_create(
                siren=firm.siren,
                defaults={"name": firm.name, "address": firm.address, "kind": firm.kind, "region": firm.region},
            )[0]
            for firm in FIRMS
        }
        for person in CAST:
            _seed_person(person, passwords[person.identifier], firms)


def register_client(
    *,
    client_id: str,
    client_secret: str,
    redirect_uris: Sequence[str],
    post_logout_redirect_uris: Sequence[str],
    backchannel_logout_uri: str = "",
) -> None:
    """Let a program sign people in, or bring what is known of it up to date."""
    Client.objects.update_or_create(
        client_id=client_id,
        defaults={
            "secret_hash": keyed_hash(client_secret.strip(), SECRET_PURPOSE),
            "redirect_uris": list(redirect_uris),
            "post_logout_redirect_uris": list(post_logout_redirect_uris),
            "backchannel_logout_uri": backchannel_logout_uri,
        },
    )


def _seed_person(person: CastPerson, password: str, firms: dict[str, Firm]) -> None:
    account, created = Account.objects.get_or_create(
        identifier=person.identifier,
        defaults={
            "password": make_password(password),
            "given_name": person.given_name,
            "family_name": person.family_name,
            "email": person.email,
            "roll_number": person.roll_number,
            "roll_region": person.roll_region,
            "governs": person.governs,
        },
    )
    if not created and not check_password(password, account.password):
        account.password = make_password(password)
        account.save(update_fields=["password"])
    # Only at first: whoever left a firm since has left it.
    for post in person.posts if created else ():
        Post.objects.get_or_create(
            account=account,
            firm=firms[post.firm.siren],
            defaults={"role": post.role, "rights": list(post.rights), "granted_by": post.granted_by},
        )


def _passwords(path: Path) -> dict[str, str]:
    kept = _read(path)
    missing = [person for person in CAST if person.identifier not in kept]
    if missing:
        kept |= {person.identifier: _new_password() for person in missing}
        _write(path, kept)
    return kept


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        path.chmod(0o600)
        return {str(one["identifier"]): str(one["password"]) for one in json.loads(path.read_text(encoding="utf-8"))}
    except (OSError, ValueError, KeyError, TypeError):
        raise CastSecretsUnusable(path=str(path)) from None


def _write(path: Path, passwords: dict[str, str]) -> None:
    people = [
        {
            "identifier": person.identifier,
            "password": passwords[person.identifier],
            "name": person.full_name,
            "description": person.description,
        }
        for person in CAST
    ]
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(people, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(draft, path)


def _new_password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
