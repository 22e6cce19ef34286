"""What ``paraphe run`` says once everything answers: where to go and how to sign in."""

import json

from paraphe.config.environment import Environment


def text(environment: Environment) -> str:
    """Return the lines to print; in demonstration with the passwords of this machine's cast."""
    lines = [
        "",
        "Paraphe runs. Ctrl-C stops it.",
        "",
        f"  Platform     {environment.site_url('platform')}",
        f"  Trust site   {environment.site_url('trust')}",
    ]
    if environment.demonstration:
        lines += [f"  Comptexpert  {environment.site_url('comptexpert')}   (demonstration of the identity provider)"]
        lines += [
            f"  Messages     {environment.site_url('comptexpert')}/messages/   (e-mails and SMS that were sent)",
            "",
        ]
        lines += _people(environment)
    return "\n".join([*lines, ""])


def _people(environment: Environment) -> list[str]:
    secrets = environment.data_dir / "comptexpert" / "secrets" / "cast.json"
    officers = environment.data_dir / "trust" / "secrets" / "officers.json"
    lines = ["Sign in on the platform as one of the cast (identifier, password, who):"]
    for person in json.loads(secrets.read_text(encoding="utf-8")):
        lines.append(f"  {person['identifier']:<24} {person['password']:<20} {person['description']}")
    lines += ["", f"Officers of the trust site, at {environment.site_url('trust')}/officer/ (e-mail, password):"]
    for officer in json.loads(officers.read_text(encoding="utf-8")):
        lines.append(f"  {officer['email']:<24} {officer['password']:<20} {officer['name']}")
    return lines
