"""What tests share: cast, settings, test PKI."""
