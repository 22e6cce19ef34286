"""Photographs of identity documents: hostile bytes in, one frozen verdict and clean JPEG pages out.

No Django, no network. Import it through ``paraphe.proofing.api``.
"""
