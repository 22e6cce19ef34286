"""What a firm set for itself: options, membership and the terms it signed."""
