"""The results of a submission: outcome, criterion, report, evidence."""
