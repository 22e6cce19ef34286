"""Seals of legal persons: asked for and mandated by a named person, used by a machine within that."""
