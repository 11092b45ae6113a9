"""M00-5a Backward hands a gradient on when a node is first reached, before all of it has arrived.

Wrong on diamonds; recursive, so that a long chain ends in a RecursionError as well.

file: intro.py
loses: i3_gradients, i3_properties, i3_stability, i3_example_gradients
"""


def backward(self):
    def push(node, seen):
        seen.add(node)
        for child, slope in zip(node.children, node.slopes):
            child.grad += slope * node.grad
            if child not in seen:
                push(child, seen)

    self.grad = 1.0
    push(self, set())


Value.backward = backward
