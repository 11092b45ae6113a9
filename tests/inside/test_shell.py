"""The notebook shell that exported scripts call."""

from autograder.inside.sources import submission_builtins


def run(code):
    namespace = {"__builtins__": submission_builtins(())}
    exec(code, namespace)
    return namespace


def test_shell_body_of_a_timed_cell_is_run_in_the_module():
    """`%%time` in an exported script carries its cell as a text: what it defines is defined."""
    namespace = run("get_ipython().run_cell_magic('time', '', 'def f(x):\\n    return x + 1\\n')\ny = f(1)")
    assert namespace["y"] == 2


def test_shell_statement_of_a_timed_line_is_run():
    """`%time y = 3` keeps its statement."""
    assert run("get_ipython().run_line_magic('time', 'y = 3')")["y"] == 3


def test_shell_other_magics_and_commands_do_nothing():
    """No command is run, no file written; what is asked for output gets no lines."""
    namespace = run(
        "get_ipython().system('touch here')\n"
        "get_ipython().run_cell_magic('bash', '', 'touch here')\n"
        "lines = get_ipython().getoutput('ls')\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
    )
    assert namespace["lines"] == []
