"""The load of a submission: its files, statements and losses."""
