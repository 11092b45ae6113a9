"""What every sandbox has to hold, tried with real programs in real candidates."""
