"""Batches of seals of a firm: items, release, progress, results."""
