"""OCSP responder and CRL maker."""
