"""The holder's own pages: sign in by telephone, see and revoke certificates, choose how to authorise."""
