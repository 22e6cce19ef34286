"""Before sign-in: what it is, help, what the certificates are worth."""
