"""A proof tells what one mistake costs, and whose number of checks follows from an answer."""

from dataclasses import replace

import pytest

from autograder.course import CriterionInfo, load_assignment
from autograder.errors import CourseError
from autograder.prove import prove_assignment
from autograder.prove.independence import find_loops
from autograder.prove.mutation.run import mutate
from autograder.prove.prices import Excuse, Mistake, load_excuses, price_of
from autograder.prove.reach import changed_names, find_given, find_under_test, map_users

CRITERIA = [
    CriterionInfo("a_values", "values", 4, exercise="a", tests=("f",)),
    CriterionInfo("a_rules", "rules", 3, exercise="a", tests=("f", "g")),
    CriterionInfo("a_other", "other", 3, exercise="a", tests=("g",)),
    CriterionInfo("b_uses", "uses", 6, exercise="b", tests=("h",)),
    CriterionInfo("b_more", "more", 4, exercise="b", tests=("h",)),
]

SOURCE = '''
def helper(x):
    return x

def f(x):
    return helper(x)

class Net:
    """A net."""

    def loss(self, x):
        """Return it."""
        return f(x)

    def step(self):
        return 0
'''


def price(lost, changed=("f",), excuses=()):
    return price_of(Mistake("M1-1", frozenset(changed), lost), CRITERIA, excuses)


# prices ---------------------------------------------------------------------------------------------------------


def test_price_of_own_points_is_none():
    """A mistake costs the criterion of its function, and less than half of the exercise."""
    assert price({"a_values": 4.0}) is None


def test_price_elsewhere_counts_from_five_points():
    """Points of criteria that do not test the function are too many from five on."""
    assert price({"b_more": 4.0}) is None
    assert price({"b_more": 4.0, "a_other": 1.0}).elsewhere == {"b_more": 4.0, "a_other": 1.0}


def test_price_of_more_than_half_an_exercise_of_several_functions_is_told():
    """Two criteria that name the function come to 7 of the 10 points that `g` shares."""
    assert price({"a_values": 4.0, "a_rules": 3.0}).own == {"a_values": 4.0, "a_rules": 3.0}
    assert price({"a_values": 4.0, "a_rules": 0.9}) is None


def test_price_of_an_exercise_of_one_function_is_its_own():
    """Where an exercise tests one function alone, all of it may be lost."""
    assert price({"b_uses": 6.0, "b_more": 4.0}, changed=("h",)) is None


def test_price_of_what_is_excused_does_not_count():
    """An excuse takes its criteria out of both sums, for its function alone."""
    lost = {"b_uses": 6.0}
    excuse = Excuse(function="f", criteria=["b_uses"], reason="They are one thing to learn.")
    assert price(lost, excuses=[excuse]) is None
    assert price(lost, changed=("g",), excuses=[excuse]) is not None


@pytest.mark.parametrize(("changed", "is_excused"), [("f", True), ("f.step", True), ("f_step", False)])
def test_excuse_of_a_function_covers_what_it_defines(changed, is_excused):
    """A function inside the excused one is a part of it; another of a similar name is not."""
    excuse = Excuse(function="f", criteria=["b_uses"], reason="They are one thing to learn.")
    found = price({"b_uses": 6.0}, changed=[changed], excuses=[excuse])
    assert (found is None) == is_excused


# what a mutant changes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mutant", "changed"),
    [
        ("def f(x):\n    return 1\n", {"f"}),
        ("class Net:\n    def loss(self, x):\n        return 1\n    def step(self):\n        return 0\n", {"Net.loss"}),
        ("class Net:\n    def step(self):\n        return 0\n", {"Net.loss"}),
        ("class Net:\n    n = 1\n", {"Net"}),
        ("Net.step = None\n", {"Net.step"}),
        ("class New:\n    pass\n", {"New"}),
    ],
    ids=["function", "method", "method left out", "attribute", "assigned", "new"],
)
def test_changes_of_a_mutant_name_methods_where_they_can(mutant, changed):
    """A class of which one method differs counts as that method; its docstrings do not count."""
    assert changed_names(mutant, {"f.py": SOURCE}) == changed


def test_given_functions_are_those_that_the_template_has_as_they_are():
    """A docstring of its own changes nothing; what is still to be written is not given."""
    template = SOURCE.replace("        return 0", "        raise NotImplementedError").replace("Return it", "TODO")
    assert find_given({"a.py": SOURCE}, {"a.py": template}) == {"helper", "f", "Net.loss"}


def test_changes_in_a_helper_count_for_those_that_use_it():
    """`helper` is tested by nothing, so that a mistake in it is one of `f`."""
    users = map_users({"f.py": SOURCE})
    assert find_under_test({"helper"}, users, CRITERIA) == {"f"}


# the number of checks -------------------------------------------------------------------------------------------


LOOPS = {
    "for w in submission.build().get_weights():\n        check(w.ndim < 3, 'x')": True,
    "before = [w for w in submission.build().weights]\n    for w in before:\n        assert w is not None": True,
    "out = submission.f(1)\n    for i in range(len(out)):\n        assert_close(out[i], 0)": True,
    "for a, b in zip(submission.f(1), (1, 2)):\n        assert_close(a, b)": True,
    "for a, b in zip(submission.f(1), (1, 2), strict=True):\n        assert_close(a, b)": False,
    "for a in unpack(submission.f(1), 'a b', of='f'):\n        assert_close(a, 0)": False,
    "for n in (1, 2):\n        assert_close(submission.f(n), n)": False,
    "check(all(w.ndim < 3 for w in submission.build().weights), 'x')": False,
    "for w in submission.build().weights:\n        total = w.size\n    check(total < 3, 'x')": False,
}


@pytest.mark.parametrize(("body", "is_found"), LOOPS.items())
def test_counts_of_a_loop_over_an_answer_are_found(body, is_found):
    """A check per part of an answer is found, one over all of them is not, nor one per given case."""
    found = list(find_loops(f"def test_x(submission):\n    {body}\n"))
    assert bool(found) is is_found


def test_counts_in_a_function_of_the_rubric_are_found():
    """A check may stand in a function that the loop calls."""
    source = (
        "def look(w):\n    check(w, 'x')\n\n\ndef test_x(submission):\n    for w in submission.f():\n        look(w)\n"
    )
    assert list(find_loops(source)) == [(6, "submission.f()")]


# whole proofs ---------------------------------------------------------------------------------------------------


def test_prove_rubric_whose_checks_follow_from_an_answer_is_found(settings, course):
    """The finding names the file, the line and what the loop is over."""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    loop = "    for part in submission.affine_forward(x, w, b):\n        assert part is not None\n"
    path.write_text(path.read_text() + loop)
    line = len(path.read_text().splitlines()) - 1
    found = [str(one) for one in prove_assignment(replace(settings, course=course), only=["reference"]).findings]
    assert found == [
        (
            f"counts: assignments/affine_softmax/rubric/test_a.py, line {line}: one check for each part of "
            "`submission.affine_forward(x, w, b)`, so that a right submission with fewer parts loses: make one check "
            "of all of them, or `unpack` the answer first"
        )
    ]


def test_prove_mutant_lost_by_the_number_of_checks_is_found(settings, course):
    """A mutant that loses by fewer checks alone shows that their number follows from what it returned."""
    path = course / "assignments/affine_softmax/rubric/test_s.py"
    path.write_text(
        path.read_text().replace(
            '    assert np.abs(p.sum(axis=1) - 1).max() < 1e-9, "the rows do not sum to 1"',
            '    [assert_close(row.sum(), 1.0, name="p") for row in p]',
        )
    )
    mutant = course / "assignments/affine_softmax/mutants/m99_05_one_row.py"
    mutant.write_text(
        '"""M99-5 one row is returned.\n\nfile: submission.py\nloses: s_values, s_example, s_stable\n"""\n\n\n'
        "def softmax(z):\n    e = np.exp(z - z.max(axis=1, keepdims=True))\n"
        "    return (e / e.sum(axis=1, keepdims=True))[:1]\n"
    )
    found = [str(one) for one in prove_assignment(replace(settings, course=course), only=["m99_05_one_row"]).findings]
    assert found == [
        (
            "m99_05_one_row (seed 0): loses s_stable by the number of its checks alone, "
            "which follows from what was returned"
        )
    ]


@pytest.fixture
def dear(course):
    """A course in which a criterion of another exercise runs `softmax`, and is worth five points."""
    path = course / "assignments/affine_softmax/rubric/test_a.py"
    text = path.read_text().replace(
        '        out, _ = unpack(submission.affine_forward.keep(x, w, b), "out cache", of="affine_forward")\n',
        '        out, _ = unpack(submission.affine_forward.keep(x, w, b), "out cache", of="affine_forward")\n'
        '        assert_close(submission.softmax(x), reference.softmax(x), name="p")\n',
    )
    path.write_text(text)
    mutants = course / "assignments/affine_softmax/mutants"
    (mutant,) = mutants.glob("m99_03*.py")
    text = mutant.read_text().replace(
        "s_stable\n", "s_stable, a_values\ncascade: a_values: affine is used with softmax\n"
    )
    mutant.write_text(text)
    return course, mutant.stem


def test_prove_mistake_that_costs_elsewhere_is_listed_once(settings, dear):
    """The finding names the function, the mutant, the points and the criteria."""
    course, mutant = dear
    found = [str(one) for one in prove_assignment(replace(settings, course=course), only=[mutant]).findings]
    assert found == [
        (
            f"prices: a mistake in `softmax` ({mutant}) costs 5 points in criteria that do not test it (a_values 5): "
            "mend that, or excuse it in costly.toml"
        )
    ]


def test_prove_excused_price_is_not_listed(settings, dear):
    """The excuse holds for its function and its criteria."""
    course, mutant = dear
    excuse = '[[costly]]\nfunction = "softmax"\ncriteria = ["a_values"]\nreason = "The layer is used with it."\n'
    (course / "assignments/affine_softmax/costly.toml").write_text(excuse)
    assert prove_assignment(replace(settings, course=course), only=[mutant]).findings == ()


def test_excuses_that_are_not_written_as_they_should_be_are_named(course):
    """Every entry that is wrong is told with its number."""
    (course / "assignments/affine_softmax/costly.toml").write_text(
        '[[costly]]\nfunction = "softmax"\ncriteria = ["a_value"]\nreason = "The layer is used with it."\n'
        '[[costly]]\nfunction = "softmax"\n'
    )
    assignment = load_assignment(course, "affine_softmax")
    with pytest.raises(CourseError) as caught:
        load_excuses(assignment, [CriterionInfo("a_values", "values", 5, exercise="a")])
    assert "entry 1" in str(caught.value)
    assert "`a_value` is no criterion" in str(caught.value)
    assert "entry 2" in str(caught.value)


def test_prove_excuse_that_excuses_nothing_is_found(settings, course):
    """Once every mistake by rule was priced, an excuse without need is told."""
    excuse = '[[costly]]\nfunction = "softmax"\ncriteria = ["a_values"]\nreason = "The layer is used with it."\n'
    (course / "assignments/affine_softmax/costly.toml").write_text(excuse)
    proof = prove_assignment(replace(settings, course=course), only=["reference"], mutations=True, prices=True)
    told = [str(one) for one in proof.findings if one.subject == "prices"]
    assert told == ["prices: costly.toml excuses `softmax` in a_values, where nothing is too dear"]


def test_mutate_with_prices_tells_all_that_a_mistake_costs(settings):
    """Every criterion is met, whichever lost points first."""
    run = mutate(settings, students=["seed 0"], only=["softmax"], prices=True)
    broken = [one for one in run.mutants if set(one.lost) == {"s_values", "s_stable", "s_example"}]
    assert broken
    assert all(one.lost == {"s_values": 4.0, "s_stable": 4.0, "s_example": 2.0} for one in broken)
    assert all(set(one.tried) >= {"s_values", "s_stable", "s_example"} for one in run.mutants)


def test_prove_mutant_that_is_wrong_throughout_has_no_price(settings, dear):
    """What returns zeros is no single mistake: it may lose all that there is."""
    course, mutant = dear
    path = course / f"assignments/affine_softmax/mutants/{mutant}.py"
    path.write_text(
        "from autograder.rubric import mutant\n\n\n"
        '@mutant("M99-3", loses=["s_values", "s_example", "s_stable", "a_values"],\n'
        '        cascades={"a_values": "affine is used with softmax"}, nothing_right=True)\n'
        'def softmax(z):\n    """Zeros are returned."""\n    return 0 * z\n'
    )
    assert prove_assignment(replace(settings, course=course), only=["M99-3"]).findings == ()
