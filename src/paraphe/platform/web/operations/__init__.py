"""What the operator sees: what stands still, why, and the remedy; and the page on which a request is reported."""
