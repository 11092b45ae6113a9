"""Generated mutants: small mistakes made at every place of the reference, and whether a criterion notices them."""
