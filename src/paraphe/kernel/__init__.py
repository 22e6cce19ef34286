"""Clock, identifiers, digests, actor, errors. Standard library only."""
