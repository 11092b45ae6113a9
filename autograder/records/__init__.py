"""The outcomes, criteria, reports and evidence of submissions."""
