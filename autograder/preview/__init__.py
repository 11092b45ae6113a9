"""What people would see of an assignment."""
