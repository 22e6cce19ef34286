"""CSC API v2, OAuth 2, RFC 3161, OCSP, CRL, AIA, enrolment API."""
