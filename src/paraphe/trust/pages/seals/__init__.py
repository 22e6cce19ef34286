"""A named person reads what he is asked to sign for his firm's seal, and signs it."""
