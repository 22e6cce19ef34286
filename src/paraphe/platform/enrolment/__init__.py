"""First sign-in, certificate, terms, service open."""
