"""Who may do what: API keys, JWT, scopes, masking, rates."""
