"""Checks a document that somebody brings; keeps nothing of it."""
