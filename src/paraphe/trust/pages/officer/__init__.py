"""Pages of registration officers."""
