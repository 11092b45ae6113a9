"""The host of a sandbox: control groups, users, owners of what is left."""
