"""What runs inside the sandbox: the warden that forks candidates, the candidate, the reader. Imports the wire alone."""
