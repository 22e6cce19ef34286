"""Append-only, hash-chained log of everything that proves a signature."""
