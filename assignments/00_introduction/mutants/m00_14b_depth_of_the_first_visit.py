"""M00-14b The depth is that of the shortest path: a breadth-first search sees a node once.

file: intro.py
loses: i4_values, i4_example
"""


def graph_stats(root):
    depth, queue, edges = {root: 0}, [root], set()
    for node in queue:
        for child in node.children:
            edges.add((node, child))
            if child not in depth:
                depth[child] = depth[node] + 1
                queue.append(child)
    return {"nodes": len(queue), "edges": len(edges), "depth": max(depth.values())}
