"""Paraphe: signing platform and trust services for chartered accountants."""
