"""Issuance: reserve, build, lint, store, sign, compare, record."""
