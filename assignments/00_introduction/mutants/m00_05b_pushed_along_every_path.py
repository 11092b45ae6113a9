"""M00-5b Backward pushes along every path: right, but exponential on ladders of diamonds.

Recursive, so that a long chain ends in a RecursionError as well.

file: intro.py
loses: i3_stability, i3_work
"""


def backward(self):
    def push(node, flow):
        node.grad += flow
        for child, slope in zip(node.children, node.slopes):
            push(child, slope * flow)

    push(self, 1.0)


Value.backward = backward
