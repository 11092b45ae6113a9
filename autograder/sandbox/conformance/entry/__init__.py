"""What the sandbox is shown in place of a submission; on its own, not as a part of the package."""
