"""The process in which one submission runs for one criterion."""
