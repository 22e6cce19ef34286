"""What this site is: its authorities, their fingerprints, how to trust them."""
