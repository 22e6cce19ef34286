"""Pages of those who seal batches."""
