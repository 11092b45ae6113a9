"""The code that runs inside the sandbox.

It is the warden that forks candidates, the candidate and the reader. It imports only the wire.
"""
