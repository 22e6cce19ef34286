"""Credentials, activation bound to digests, hash signing."""
