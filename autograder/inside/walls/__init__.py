"""The walls of a sandbox and the wardens behind them."""
