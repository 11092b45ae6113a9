"""M00-14a Nodes and edges are counted once per path, not once.

file: intro.py
loses: i4_values, i4_properties, i4_example
"""


def graph_stats(root):
    below = [graph_stats(child) for child in root.children]
    return {
        "nodes": 1 + sum(part["nodes"] for part in below),
        "edges": len(below) + sum(part["edges"] for part in below),
        "depth": max((part["depth"] + 1 for part in below), default=0),
    }
