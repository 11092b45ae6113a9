"""Other right answers: Define-by-run automatic differentiation."""

from autograder.rubric import accepted


@accepted("a24_value_as_a_dataclass")
class a24_value_as_a_dataclass:
    """A dataclass with a `_backward` per node, operators by one helper, and a set of children.

    "closures as in micrograd, slopes as in the template, or anything else".
    """

    import math
    from dataclasses import dataclass, field

    @dataclass(eq=False)
    class Value:
        data: float
        _children: tuple = ()
        _op: str = ""
        grad: float = 0.0
        _backward: object = field(default=None, repr=False)

        def __post_init__(self):
            self._prev = set(self._children)

        def _make(self, data, op, *operands_and_slopes):
            operands = tuple(operand for operand, _ in operands_and_slopes)
            out = Value(data, operands, op)

            def step():
                for operand, slope in operands_and_slopes:
                    operand.grad += slope * out.grad

            out._backward = step
            return out

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return self._make(self.data + other.data, "+", (self, 1.0), (other, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return self._make(self.data * other.data, "*", (self, other.data), (other, self.data))

        def __pow__(self, k):
            assert isinstance(k, (int, float))
            return self._make(self.data**k, f"**{k}", (self, k * self.data ** (k - 1)))

        __radd__ = __add__
        __rmul__ = __mul__
        __neg__ = lambda self: self * -1
        __sub__ = lambda self, other: self + (-other)
        __rsub__ = lambda self, other: (-self) + other
        __truediv__ = lambda self, other: self * other**-1
        __rtruediv__ = lambda self, other: self**-1 * other

        def exp(self):
            e = math.exp(self.data)
            return self._make(e, "exp", (self, e))

        def log(self):
            return self._make(math.log(self.data), "log", (self, 1 / self.data))

        def tanh(self):
            t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
            return self._make(t, "tanh", (self, 1 - t**2))

        def relu(self):
            return self._make(0.0 if self.data < 0 else self.data, "ReLU", (self, float(self.data > 0)))

        def backward(self):
            order, seen, stack = [], {self}, [self]
            while stack:
                node = stack[-1]
                waiting = [child for child in node._prev if child not in seen]
                if waiting:
                    seen.add(waiting[0])
                    stack.append(waiting[0])
                else:
                    order.append(stack.pop())
            before = {node: node.grad for node in order}
            for node in order:
                node.grad = 0.0
            self.grad = 1.0
            for node in order[::-1]:
                if node._backward:
                    node._backward()
            for node in order:
                node.grad += before[node]

    def graph_stats(root):
        depth = {}

        def below(node):
            if node not in depth:
                depth[node] = 1 + max((below(child) for child in node._prev), default=-1)
            return depth[node]

        below(root)
        return {"nodes": len(depth), "edges": sum(len(node._prev) for node in depth), "depth": depth[root]}


@accepted("a25_value_on_a_tape")
class a25_value_on_a_tape:
    """Nodes are numbered as they are made, and visited by falling numbers; numbers are NumPy's."""

    import heapq
    import itertools

    class Value:
        _clock = itertools.count()

        def __init__(self, data, _children=(), _op=""):
            self.data = np.float64(data)
            self.grad = np.float64(0)
            self.edges = [(child, None) for child in _children]
            self.made = next(Value._clock)

        def _of(self, other):
            return other if isinstance(other, Value) else Value(other)

        def _result(self, data, edges):
            out = Value(data)
            out.edges = edges
            return out

        def __add__(self, other):
            other = self._of(other)
            return self._result(self.data + other.data, [(self, 1), (other, 1)])

        def __radd__(self, other):
            return self._of(other) + self

        def __sub__(self, other):
            other = self._of(other)
            return self._result(self.data - other.data, [(self, 1), (other, -1)])

        def __rsub__(self, other):
            return self._of(other) - self

        def __mul__(self, other):
            other = self._of(other)
            return self._result(self.data * other.data, [(self, other.data), (other, self.data)])

        def __rmul__(self, other):
            return self._of(other) * self

        def __truediv__(self, other):
            other = self._of(other)
            slopes = 1 / other.data, -self.data / other.data**2
            return self._result(self.data / other.data, [(self, slopes[0]), (other, slopes[1])])

        def __rtruediv__(self, other):
            return self._of(other) / self

        def __neg__(self):
            return self._result(-self.data, [(self, -1)])

        def __pow__(self, k):
            return self._result(self.data**k, [(self, k * self.data ** (k - 1.0))])

        def exp(self):
            return self._result(np.exp(self.data), [(self, np.exp(self.data))])

        def log(self):
            return self._result(np.log(self.data), [(self, np.reciprocal(self.data))])

        def tanh(self):
            return self._result(np.tanh(self.data), [(self, np.cosh(self.data) ** -2)])

        def relu(self):
            return self._result(np.maximum(self.data, 0), [(self, np.heaviside(self.data, 0.5))])

        def backward(self):
            arrived, heap = {self.made: np.float64(1)}, [(-self.made, self)]
            while heap:
                number, node = heapq.heappop(heap)
                flow = arrived[-number]
                node.grad = node.grad + flow
                for child, slope in node.edges:
                    if child.made not in arrived:
                        arrived[child.made] = 0
                        heapq.heappush(heap, (-child.made, child))
                    arrived[child.made] += slope * flow

    def graph_stats(root):
        found, todo = {id(root): root}, [root]
        while todo:
            for child, _ in todo.pop().edges:
                if id(child) not in found:
                    found[id(child)] = child
                    todo.append(child)
        pairs = np.array(list({(node.made, child.made) for node in found.values() for child, _ in node.edges}))
        height = {}
        for node in sorted(found.values(), key=lambda node: node.made):
            height[node.made] = max([height[child.made] + 1 for child, _ in node.edges], default=0)
        return {"nodes": np.int64(len(found)), "edges": len(pairs), "depth": float(height[root.made])}


@accepted("a26_value_of_operation_classes")
class a26_value_of_operation_classes:
    """A class for each operation, a dict of slopes per operand, and the standard library's sorter."""

    from graphlib import TopologicalSorter

    class Add:
        @staticmethod
        def forward(a, b):
            return a + b, (1.0, 1.0)

    class Mul:
        @staticmethod
        def forward(a, b):
            return a * b, (b, a)

    class Power:
        @staticmethod
        def forward(a, k):
            return a**k, (k * a ** (k - 1),)

    class Exp:
        @staticmethod
        def forward(a):
            return math.e**a, (math.e**a,)

    class Log:
        @staticmethod
        def forward(a):
            return math.log(a), (1.0 / a,)

    class Tanh:
        @staticmethod
        def forward(a):
            return math.tanh(a), (1.0 - math.tanh(a) ** 2,)

    class Relu:
        @staticmethod
        def forward(a):
            return (a, (1.0,)) if a > 0 else (0.0, (0.0,))

    class Value:
        def __init__(self, data, _children=(), _op=""):
            self.data, self.grad = data, 0.0
            self.slopes = {}
            for child in _children:
                self.slopes[child] = 0.0

        def _apply(self, operation, *operands, extra=()):
            data, slopes = operation.forward(*(operand.data for operand in operands), *extra)
            out = Value(data, operands, operation.__name__)
            for operand, slope in zip(operands, slopes):
                out.slopes[operand] += slope
            return out

        def _wrapped(self, other):
            return other if isinstance(other, Value) else Value(float(other))

        def __add__(self, other):
            return self._apply(Add, self, self._wrapped(other))

        def __mul__(self, other):
            return self._apply(Mul, self, self._wrapped(other))

        def __pow__(self, k):
            return self._apply(Power, self, extra=(k,))

        def __neg__(self):
            return self.__mul__(-1)

        def __sub__(self, other):
            return self.__add__(-self._wrapped(other))

        def __truediv__(self, other):
            return self.__mul__(self._wrapped(other) ** -1)

        def __radd__(self, other):
            return self.__add__(other)

        def __rmul__(self, other):
            return self.__mul__(other)

        def __rsub__(self, other):
            return self._wrapped(other).__sub__(self)

        def __rtruediv__(self, other):
            return self._wrapped(other).__truediv__(self)

        def exp(self):
            return self._apply(Exp, self)

        def log(self):
            return self._apply(Log, self)

        def tanh(self):
            return self._apply(Tanh, self)

        def relu(self):
            return self._apply(Relu, self)

        def _below(self):
            graph, todo = {}, [self]
            while todo:
                node = todo.pop()
                if node not in graph:
                    graph[node] = list(node.slopes)
                    todo += graph[node]
            return graph

        def backward(self):
            order = list(TopologicalSorter(self._below()).static_order())
            flow = {node: 0.0 for node in order}
            flow[self] = 1.0
            for node in reversed(order):
                node.grad += flow[node]
                for child in node.slopes:
                    flow[child] += node.slopes[child] * flow[node]

    def graph_stats(root):
        graph = root._below()
        longest = {}
        for node in TopologicalSorter(graph).static_order():
            longest[node] = max((longest[child] for child in graph[node]), default=-1) + 1
        return dict(nodes=len(graph), edges=sum(map(len, graph.values())), depth=longest[root], root=root.data)


@accepted("a27_values_that_list_their_users")
class a27_values_that_list_their_users:
    """The handout's formula as it stands: a node sums over its users, each asked once.

    The derivative "with respect to a node is a sum over all paths down to it"; users are collected on the way down, and a
    node is done when all its users are.
    """

    class Value:
        def __init__(self, data, _children=(), _op=""):
            self.data = data
            self.grad = 0
            self.inputs = list(_children)
            self.local = [0.0] * len(self.inputs)

        def __add__(self, other):
            return _node(self, other, lambda a, b: a + b, lambda a, b: (1, 1))

        def __sub__(self, other):
            return _node(self, other, lambda a, b: a - b, lambda a, b: (1, -1))

        def __mul__(self, other):
            return _node(self, other, lambda a, b: a * b, lambda a, b: (b, a))

        def __truediv__(self, other):
            return _node(self, other, lambda a, b: a / b, lambda a, b: (1 / b, -a / b / b))

        def __radd__(self, other):
            return Value(other).__add__(self)

        def __rsub__(self, other):
            return Value(other).__sub__(self)

        def __rmul__(self, other):
            return Value(other).__mul__(self)

        def __rtruediv__(self, other):
            return Value(other).__truediv__(self)

        def __neg__(self):
            return 0 - self

        def __pow__(self, k):
            return _node(self, None, lambda a: a**k, lambda a: (k * a ** (k - 1),))

        def exp(self):
            return _node(self, None, math.exp, lambda a: (math.exp(a),))

        def log(self):
            return _node(self, None, math.log, lambda a: (1 / a,))

        def tanh(self):
            return _node(self, None, math.tanh, lambda a: (1 - math.tanh(a) ** 2,))

        def relu(self):
            return _node(self, None, lambda a: (a + abs(a)) / 2, lambda a: ((a > 0) * 1,))

        def backward(self):
            users, found, todo = {id(self): []}, [self], [self]
            while todo:
                node = todo.pop(0)
                for place, child in enumerate(node.inputs):
                    if id(child) not in users:
                        users[id(child)] = []
                        found.append(child)
                        todo.append(child)
                    users[id(child)].append((node, place))
            waiting = {id(node): len(users[id(node)]) for node in found}
            slope = {id(self): 1.0}
            ready = [self]
            while ready:
                node = ready.pop()
                if node is not self:
                    slope[id(node)] = sum(slope[id(user)] * user.local[place] for user, place in users[id(node)])
                node.grad += slope[id(node)]
                for child in node.inputs:
                    waiting[id(child)] -= 1
                    if waiting[id(child)] == 0:
                        ready.append(child)

    def _node(a, b, function, slopes):
        inputs = [a] if b is None else [a, b if isinstance(b, Value) else Value(b)]
        numbers = [one.data for one in inputs]
        out = Value(function(*numbers), inputs)
        out.local = list(slopes(*numbers))
        return out

    def graph_stats(root):
        edges, depth, level = set(), -1, {id(root): root}
        nodes = {}
        while level:
            depth += 1
            nodes.update(level)
            below = {}
            for node in level.values():
                for child in node.inputs:
                    edges.add((id(node), id(child)))
                    below[id(child)] = child
            level = below
        return {"nodes": len(nodes), "edges": len(edges), "depth": depth}


@accepted("a43_value_in_float32")
class a43_value_in_float32:
    """Numbers and gradients in float32: the form rule of the handout."""

    _first_init = Value.__init__

    def __init__(self, data, _children=(), _op="", _slopes=()):
        _first_init(self, np.float32(data), _children, _op, tuple(np.float32(slope) for slope in _slopes))
        self.grad = np.float32(0)

    Value.__init__ = __init__


@accepted("a44_value_in_arrays_of_one_number")
class a44_value_in_arrays_of_one_number:
    """Every number is an array of shape (1,): "`data` and `grad` are graded, everything else is yours"."""

    class Value:
        def __init__(self, data, _children=(), _op=""):
            self.data = np.array(data, dtype=float).reshape(-1)
            self.grad = np.zeros(1)
            self.parents = [(child, np.zeros(1)) for child in _children]

        def _with(self, data, *parents):
            out = Value(data)
            out.parents = list(parents)
            return out

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return self._with(self.data + other.data, (self, np.ones(1)), (other, np.ones(1)))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return self._with(self.data * other.data, (self, other.data.copy()), (other, self.data.copy()))

        def __pow__(self, k):
            return self._with(self.data**k, (self, k * self.data ** (k - 1.0)))

        def __neg__(self):
            return -1.0 * self

        def __sub__(self, other):
            return self + -1.0 * other

        def __truediv__(self, other):
            return self * (other**-1.0)

        def __radd__(self, other):
            return Value(other) + self

        def __rmul__(self, other):
            return Value(other) * self

        def __rsub__(self, other):
            return Value(other) - self

        def __rtruediv__(self, other):
            return Value(other) / self

        def exp(self):
            return self._with(np.exp(self.data), (self, np.exp(self.data)))

        def log(self):
            return self._with(np.log(self.data), (self, 1 / self.data))

        def tanh(self):
            return self._with(np.tanh(self.data), (self, 1 - np.tanh(self.data) ** 2))

        def relu(self):
            return self._with(np.where(self.data > 0, self.data, 0), (self, np.where(self.data > 0, 1.0, 0.0)))

        def backward(self):
            order = topological_order(self)
            flow = {id(node): np.zeros(1) for node in order}
            flow[id(self)] += 1
            while order:
                node = order.pop()
                node.grad += flow[id(node)]
                for child, slope in node.parents:
                    flow[id(child)] += slope * flow[id(node)]

    def topological_order(root):
        order, visited, stack = [], set(), [(root, iter(root.parents))]
        visited.add(id(root))
        while stack:
            node, rest = stack[-1]
            child = next((child for child, _ in rest if id(child) not in visited), None)
            if child is None:
                order.append(stack.pop()[0])
            else:
                visited.add(id(child))
                stack.append((child, iter(child.parents)))
        return order

    def graph_stats(root):
        height, pairs = {}, set()
        for node in topological_order(root):
            height[node] = max([height[child] for child, _ in node.parents], default=-1) + 1
            pairs |= {(node, child) for child, _ in node.parents}
        return {"nodes": len(height), "edges": len(pairs), "depth": height[root]}


@accepted("a46_gradients_of_leaves_add_up")
class a46_gradients_of_leaves_add_up:
    """Inner nodes are set back before each call: whether their gradients "add up as well is up to you"."""

    def backward(self):
        order = topological_order(self)
        for node in order:
            if node.children:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            for child, slope in zip(node.children, node.slopes):
                child.grad += slope * node.grad

    Value.backward = backward
