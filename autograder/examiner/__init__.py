"""The trusted process that runs the rubric and the reference.

It is pytest, collected once, and forked per submission.

::

    station ──messages──► examiner    python -I -m autograder.examiner: collects the rubric once
                             └─fork─► exam    one submission; asks the station for
                             candidates, answers with records
"""
