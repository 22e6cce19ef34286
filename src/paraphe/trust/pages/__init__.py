"""Pages of the trust site, for holders and officers."""
