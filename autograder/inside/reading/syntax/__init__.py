"""The scopes, statements and definitions of sources."""
