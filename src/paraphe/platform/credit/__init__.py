"""Prepaid credit of each firm: a ledger in double entry, prices, reservations, statements."""
