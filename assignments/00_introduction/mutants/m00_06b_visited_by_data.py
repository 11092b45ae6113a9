"""M00-6b Visited nodes are found by their data: an equal-valued node is skipped.

file: intro.py
loses: i3_gradients, i3_properties
"""


def _order_by_data(root):
    order, seen = [], set()
    stack = [(root, False)]
    while stack:
        node, operands_are_listed = stack.pop()
        if operands_are_listed:
            order.append(node)
        elif node.data not in seen:
            seen.add(node.data)
            stack.append((node, True))
            stack.extend((child, False) for child in node.children)
    return order


def backward(self):
    self.grad = 1.0
    for node in reversed(_order_by_data(self)):
        for child, slope in zip(node.children, node.slopes):
            child.grad += slope * node.grad


Value.backward = backward
