"""Tokens with which programs of a firm bring files to the platform."""
