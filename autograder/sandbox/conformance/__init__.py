"""The promises of every sandbox.

They are tried with real programs in real candidates.
"""
