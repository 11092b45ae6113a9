"""The load of a submission's files and statements, with losses."""
