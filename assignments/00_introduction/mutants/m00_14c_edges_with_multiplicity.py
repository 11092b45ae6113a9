"""M00-14c The two edges of x + x are both counted.

file: intro.py
loses: i4_values, i4_properties, i4_example
"""


def graph_stats(root):
    order = topological_order(root)
    depth = {}
    for node in order:
        depth[node] = max((depth[child] + 1 for child in node.children), default=0)
    return {"nodes": len(order), "edges": sum(len(node.children) for node in order), "depth": depth[root]}
