"""The syntax of sources: scopes, statements, definitions."""
