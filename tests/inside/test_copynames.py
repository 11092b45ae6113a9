"""Names of second copies, as learning platforms, browsers, desktops, editors and Jupyter give them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside.reading.filenames import (
    case_folded,
    find_bulk_student,
    find_originals,
    find_student,
    is_archive,
    is_backup,
    split_name,
)

COPIES = """
layers-1.py
doejane_12345_678910_layers-2.py
doejane_LATE_12345_678910_layers.py
anon_ab3de_678910_layers.py
Jane Doe_123_assignsubmission_file_layers.py
hw1_jdoe_attempt_2026-01-02-03-04-05_layers.py
12345-67890 - Jane Doe - Jan 2, 2026 304 PM - layers.py
layers (1).py
layers(1).py
layers-2.py
layers 2.py
LAYERS (1).PY
layers%20(1).py
layers - Copy.py
layers - Copy (2).py
Copy of layers.py
Copy (2) of layers.py
layers copy.py
layers copy 2.py
layers (copy).py
layers (another copy).py
layers (3rd copy).py
layers (Copy 2).py
layers (copy 1).py
layers_copy.py
layers - Kopie.py
layers – Kopie (2).py
layers Kopie 2.py
Kopie von layers.py
Kopie (2) von layers.py
layers (Kopie).py
layers (noch eine Kopie).py
layers (3. Kopie).py
layers - Copie.py
layers copie 2.py
Copie de layers.py
layers (autre copie).py
layers (3e copie).py
layers - copia.py
layers copia 2.py
Copia de layers.py
layers (otra copia).py
layers - Copia (3).py
Copia di layers.py
layers (seconda copia).py
layers (copia 3).py
layers - Cópia.py
layers cópia.py
Cópia de layers.py
layers (outra cópia).py
layers (2ª cópia).py
layers - kopie (2).py
Kopie van layers.py
layers (nog een kopie).py
layers (3e kopie).py
layers — kopia.py
Kopia layers.py
Kopia pliku layers.py
layers (kopia).py
layers のコピー.py
layersのコピー2.py
layers - コピー.py
layers - コピー (2).py
コピー ～ layers.py
layers (別のコピー).py
layers (3 番目のコピー).py
layers - 副本.py
layers - 副本 (2).py
layers 副本 2.py
layers的副本.py
layers 的副本.py
复件 layers.py
复件 (2) layers.py
layers（另一个复件）.py
layers（第 3 个复件）.py
layers（副本 2）.py
layers - 複製.py
layers 拷貝.py
layers-Copy1.py
layers.py.txt
layers (1).py.txt
layers.py (1).txt
layers.py.py
layers (Jane's conflicted copy 2026-01-02).py
layers.sync-conflict-20260102-030405-ABCDEFG.py
Copy of Copy of layers.py
layers - Copy - Copy.py
layers - Copy (2)(1).py
""".strip().split("\n")
NOTEBOOKS = """
layers-Copy1.ipynb
layers (1).ipynb
Kopie von layers.ipynb
layers.ipynb のコピー
layers.ipynb のコピー.ipynb
“layers.ipynb”的副本
“layers.ipynb”的副本.ipynb
layers.ipynb.txt
layers.ipynb.json
layers-checkpoint.ipynb
""".strip().split("\n")
OTHERS = """
photocopy.py
layers2.py
my_layers.py
rnn_layers.py
layers_copycat.py
layers_v2.py
layers_final.py
copy.py
test_layers.py
""".strip().split("\n")


@pytest.mark.parametrize("name", COPIES)
def test_copy_of_a_source_by_every_program_is_recognised(name):
    """A copy's name leads to the one that is asked for."""
    assert "layers.py" in {case_folded(one.name) for one in find_originals(name)}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_copy_of_a_notebook_by_every_program_is_recognised(name):
    """Colab and Jupyter have marks of their own, some behind the suffix."""
    assert "layers.ipynb" in {case_folded(one.name) for one in find_originals(name)}


@pytest.mark.parametrize("name", OTHERS)
def test_name_without_a_mark_is_no_copy(name):
    """Names of other modules hold such words and numbers, too."""
    assert "layers.py" not in {case_folded(one.name) for one in find_originals(name)}


@pytest.mark.parametrize(("name", "number"), [("a-2.py", 2), ("a (1).py", 1), ("a (3rd copy).py", 3), ("a.py", 0)])
def test_copy_keeps_its_number(name, number):
    """Where times say nothing, the larger number is newer."""
    assert max(one.number for one in find_originals(name)) == number


@pytest.mark.parametrize(
    ("stem", "student"),
    [
        ("ann (1)", "ann"),
        ("ann - Copy (2)", "ann"),
        ("Kopie von José", "José"),
        ("j.smith (1)", "j.smith"),
        ("ann-1", None),
        ("ann 2", None),
        ("ann_2", None),
        ("ann", None),
        ("doejane_12345_678910_hw", None),
    ],
)
def test_student_of_a_copy_is_found_where_the_mark_is_a_copys_alone(stem, student):
    """A bare number may tell two students apart."""
    found = find_student(stem)
    assert (found.name if found else None) == student


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("doejane_12345_678910_layers-2.py", "doejane_12345"),
        ("doejane_LATE_12345_678910_hw.zip", "doejane_12345"),
        ("anon_ab3de_678910_layers.py", "anon_ab3de"),
        ("Jane Doe_123_assignsubmission_file_layers.py", "Jane Doe_123"),
        ("Jane Doe_123_assignsubmission_file_", "Jane Doe_123"),
        ("hw 1_jdoe_attempt_2026-01-02-03-04-05_layers.py", "jdoe"),
        ("hw1_jdoe_attempt_2026-01-02-03-04-05.txt", "jdoe"),
        ("12345-67890 - Jane Doe - Jan 2, 2026 304 PM - layers.py", "Jane Doe_12345"),
        ("emma_dubois.zip", None),
        ("jane_doe_2026_01_hw.py", None),
        ("J_Smith_hw1_2026_final.py", None),
    ],
)
def test_student_in_a_bulk_downloads_name_is_found(name, student):
    """Canvas, Moodle, Blackboard and Brightspace; ordinary names with numbers are none of theirs."""
    assert find_bulk_student(name) == student


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("cleo.tar-1.gz", "cleo"),
        ("ann.tar (1).gz", "ann"),
        ("ann.tar - Copy.gz", "ann"),
        ("bob.tar.xz", "bob"),
        ("dan.tar.bz2", "dan"),
        ("eve.tar", "eve"),
        ("eve.tgz", "eve"),
        ("eve.v2.zip", "eve.v2"),
        ("eve.py.txt", "eve"),
    ],
)
def test_stem_of_an_archive_or_source_is_the_students(name, stem):
    """Canvas puts its number before the last suffix."""
    assert split_name(name)[0] == stem


@pytest.mark.parametrize("name", ["x.gz", "x.tar.old.gz", "x.rar", "x.7z", "x.tar.zst", "targz"])
def test_name_of_another_file_is_no_archives(name):
    """What cannot be opened is not taken for an archive."""
    assert not is_archive(name)


@pytest.mark.parametrize("name", ["a.py~", "#a.py#", "a.py.orig", "a.bak", "a.py.swp", "a_LOCAL_123.py", "a.py.~1~"])
def test_backup_of_an_editor_or_git_is_one(name):
    """Earlier versions are debris, not copies."""
    assert is_backup(name)
    assert not is_backup("backup.py")


@settings(deadline=None)
@given(st.text(max_size=400))
def test_originals_of_any_name_hold_the_name_itself(name):
    """Nothing is raised, and the name as it is comes first, composed."""
    assert len(find_originals(name)) >= 1
    assert all(len(one.name) <= len(name) * 3 for one in find_originals(name))
