"""Addresses for programs of a firm: batches of seals brought and fetched with a token."""
