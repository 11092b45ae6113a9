"""M00-4 Gradients are assigned with = where they should be added with +=.

file: intro.py
loses: i3_gradients, i3_properties, i3_example_gradients
"""


def backward(self):
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        for child, slope in zip(node.children, node.slopes):
            child.grad = slope * node.grad


Value.backward = backward
