"""Holders: one person over all his certificates, how he signs in, what he authorises with."""
