"""Append-only, hash-chained log of the trust services."""
