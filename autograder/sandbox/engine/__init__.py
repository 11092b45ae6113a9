"""Sandboxes in containers of Docker and Podman."""
