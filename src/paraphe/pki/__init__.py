"""Certificate profiles and lints, builders, OCSP, CRL, RFC 3161 messages; ports for keys. No Django, no network."""
