"""Sign-in, sign-out, choice of the firm."""
