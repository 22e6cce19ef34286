"""What goes out over the network for the ports of ``paraphe.pki``: timestamps, OCSP, revocation lists. No Django."""
