"""Other right answers: Graph inspection."""

from autograder.rubric import accepted


@accepted("a28_stats_by_recursion")
def graph_stats(root):
    """Recursion with a memory of depths, edges as pairs of ids; whole floats, and a key more."""
    edges, depths = set(), {}

    def visit(node):
        if id(node) in depths:
            return depths[id(node)]
        below = [0]
        for child in node.children:
            edges.add((id(node), id(child)))
            below.append(visit(child) + 1)
        depths[id(node)] = max(below)
        return depths[id(node)]

    depth = visit(root)
    return {"depth": float(depth), "nodes": np.int32(len(depths)), "edges": len(edges), "leaves": 0}


@accepted("a29_stats_by_relaxation")
def graph_stats(root):
    """Depths are raised until nothing changes, as Bellman and Ford do; nodes stand in a list."""
    nodes, pairs = [root], []
    for node in nodes:
        for child in node.children:
            if not any(child is other for other in nodes):
                nodes.append(child)
            if not any(node is a and child is b for a, b in pairs):
                pairs.append((node, child))
    depth = {id(node): 0 for node in nodes}
    changed = True
    while changed:
        changed = False
        for node, child in pairs:
            if depth[id(child)] < depth[id(node)] + 1:
                depth[id(child)], changed = depth[id(node)] + 1, True
    return {"nodes": len(nodes), "edges": len(pairs), "depth": max(depth.values())}
