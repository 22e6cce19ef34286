"""Persons, firms, delegations; sign-in by OpenID Connect."""
