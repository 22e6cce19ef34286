"""Sealing of small values and keyed hashes under the key of the site."""
