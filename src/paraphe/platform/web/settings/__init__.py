"""My account: certificates, telephone, sessions, language, notices, own data."""
