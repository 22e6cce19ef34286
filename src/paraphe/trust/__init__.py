"""The trust service provider: identity, certificates, keys, codes, timestamps."""
