"""The outer side of the sandboxes, which fork candidates.

Each sandbox forks its candidates from a warm process.

`seam` is the protocol that each of them keeps, and `open` starts one. `bubblewrap` is the wall
between a submission and the machine; `plain` and `inline` have no walls and are for trusted code
and for students at home.
"""
