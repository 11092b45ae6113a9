"""M00-13 The topological order is found recursively: a long chain ends in a RecursionError.

file: intro.py
loses: i3_stability
"""


def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in node.children:
                visit(child)
            order.append(node)

    visit(root)
    return order
