"""Joins paraphe.pdf to a remote signing service over CSC and RFC 3161."""
