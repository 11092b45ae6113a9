"""GPUs of the host, and their way into a sandbox."""
