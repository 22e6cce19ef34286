"""Mandates: rights that an accountant grants to a person of his firm by a signed deed."""
