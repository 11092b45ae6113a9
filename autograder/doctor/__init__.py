"""What this machine can do for `grade`: every prerequisite tried for real, each problem with its remedy."""
