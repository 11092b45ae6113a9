"""Mistakes: Graph inspection."""

from autograder.rubric import mutant


@mutant(
    "M00-6a",
    loses=["i3_gradients_functions", "i3_properties", "i4_properties"],
    cascades={"i4_properties": "graph_stats walks the student's own Values, which this mistake makes equal"},
)
class visited_by_equality:
    """Visited nodes are found by ==, which compares numbers: an equal-valued node is skipped."""

    def __eq__(self, other):
        return isinstance(other, Value) and self.data == other.data

    def __hash__(self):
        return hash(self.data)

    Value.__eq__ = __eq__
    Value.__hash__ = __hash__


@mutant("M00-14a", loses=["i4_values", "i4_properties", "i4_example"])
def graph_stats(root):
    """Nodes and edges are counted once per path, not once."""
    below = [graph_stats(child) for child in root.children]
    return {
        "nodes": 1 + sum(part["nodes"] for part in below),
        "edges": len(below) + sum(part["edges"] for part in below),
        "depth": max((part["depth"] + 1 for part in below), default=0),
    }


@mutant("M00-14b", loses=["i4_values", "i4_example"])
def graph_stats(root):
    """The depth is that of the shortest path: a breadth-first search sees a node once."""
    depth, queue, edges = {root: 0}, [root], set()
    for node in queue:
        for child in node.children:
            edges.add((node, child))
            if child not in depth:
                depth[child] = depth[node] + 1
                queue.append(child)
    return {"nodes": len(queue), "edges": len(edges), "depth": max(depth.values())}


@mutant("M00-14c", loses=["i4_properties", "i4_example"])
def graph_stats(root):
    """The two edges of x + x are both counted."""
    order = topological_order(root)
    depth = {}
    for node in order:
        depth[node] = max((depth[child] + 1 for child in node.children), default=0)
    return {"nodes": len(order), "edges": sum(len(node.children) for node in order), "depth": depth[root]}


@mutant("M00-14d", loses=["i4_values", "i4_properties", "i4_example"])
def graph_stats(root):
    """The same numbers come out for every graph."""
    return {"nodes": 1, "edges": 0, "depth": 0}


@mutant("M00-14e", loses=["i4_values", "i4_properties"])
def graph_stats(root):
    """The depth is that of the path along first operands."""
    order = topological_order(root)
    depth, node = 0, root
    while node.children:
        node, depth = node.children[0], depth + 1
    return {"nodes": len(order), "edges": sum(len(set(node.children)) for node in order), "depth": depth}
