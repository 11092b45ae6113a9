"""The threats that are one file each, and what must come of them.

Outcomes are written as a letter per criterion, in the order a_example (public), a_values, a_safe, s_example (public),
s_values, s_stable:

P passed, F failed, R raised, T timeout, M memory, C crashed, X forbidden, G missing, N not loaded, A not attempted.

Where the outcome depends on who is faster, it is a pattern. Points follow: full for P, none for all others. A function
that answers zeros still leaves its inputs alone, so a_safe is passed; the rubric of the small course asks s_stable of
any distribution.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Threat:
    """A program and what must come of it.

    Attributes
    ----------
    program
        Its file without suffix.
    outcomes
        A pattern of letters, blanks left out.
    messages
        Per criterion, what its message must hold.
    flags
        What the flags for staff must speak of.
    tokens
        What to put in for the program's own ``@TOKEN@``.
    in_gvisor
        The pattern on gVisor's kernel, if that is another; messages are then others, too.
    """

    program: str
    outcomes: str
    messages: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    tokens: dict[str, str] = field(default_factory=dict)
    in_gvisor: str = ""

    def __str__(self) -> str:
        return "-".join((self.program, *self.tokens.values()))


ZEROS = "FFP FFF"
TIME = {"s_stable": "used more than 2 s of CPU time during `softmax`"}

CONTROLS = (
    Threat("001_honest", "PPP PPP"),
    Threat("002_honest_slow_loops", "PPP PPP"),
    Threat("003_honest_chatty", "PPP PPP"),
    Threat("004_honest_half", "PPP FFF"),
    Threat("005_honest_callables", "PPP PPP"),
)

SCORE = (
    Threat("101_numpy_testing_noop", ZEROS),
    Threat("103_unittest_patch", ZEROS, flags=("meddles with testing: `unittest.TestCase`",)),
    Threat("105_builtins_patch", "NNN NNN", {"a_example": "while loading"}, ("changes names: `builtins.isinstance`",)),
    Threat("107_ndarray_subclass_ufunc", ZEROS),
    Threat("109_float_subclass", ZEROS),
    Threat("111_sys_modules_replace", ZEROS, flags=("looks inside: `sys.modules`",)),
    Threat("113_os_exit0_at_import", "GGG GGG", {"a_example": "function `affine_forward` not found"}),
    Threat(
        "115_system_exit_in_call", "CCC CCC", {"a_values": "during `affine_forward`", "s_values": "during `softmax`"}
    ),
    Threat("117_atexit_rewrite_results", ZEROS, flags=("runs code at a signal or at its end: `atexit.register`",)),
    Threat("119_write_results_everywhere", ZEROS),
    Threat("123_sitecustomize_pth", ZEROS),
    Threat("127_gc_expected", ZEROS, flags=("looks inside: `gc.get_objects`",)),
    Threat("129_frame_patch_checker", ZEROS, flags=("looks inside: `sys._getframe`",)),
    Threat("131_read_reference_from_disk", ZEROS, flags=("searches the machine: `os.walk`",)),
    Threat("133_proc_mem_other_processes", ZEROS),
    Threat("135_mutate_inputs_to_trivial", "FFF FFP", {"a_safe": "changed its input x"}),
    Threat("137_fake_clock", "PPP PPT", TIME),
    Threat("139_delayed_thread_patch", ZEROS),
    Threat("143_import_reference_by_name", ZEROS, flags=("import by name: `importlib.import_module`",)),
    Threat("145_serializer_patch", ZEROS),
    Threat("147_linecache_poison", ZEROS, flags=("looks inside: `linecache.cache`", "exec: `exec`")),
)

CHANNELS = (
    Threat("201_tcp_canary", "PPP PPP", flags=("uses the network",)),
    Threat("203_unix_sockets", "PPP PPP", flags=("uses the network",)),
    Threat("205_print_leaks_inputs", "PPP PPP"),
    Threat("207_timing_channel", "PPP PPP"),
    Threat("209_persist_files", "PPP PPP"),
    Threat("209_persist_files", "PPP PPP", tokens={"AGAIN": "again"}),
    Threat("211_artifact_leak", "PPP PPP"),
    Threat("219_words_left_behind", "PPP PPP"),
    Threat("219b_numbers_and_marks", "PPP PPP"),
    Threat("217_engines_leftovers", "PPP PPP"),
    Threat("213_feedback_injection", "RRR FFF"),
    Threat("215_log_forgery", "RRR RRR"),
)

RESOURCES = (
    Threat("301_fork_bomb", "PPP PP[TCPM]"),
    Threat("303_zombie_flood", "PPP PP[PT]"),
    Threat("305_memory_balloon", "MMM PPM", {"a_values": "memory"}),
    Threat("307_devshm_fill", "PPP PPR", {"s_stable": "no space left"}),
    Threat("309_inode_exhaustion", "PPP PPR", {"s_stable": "no space left"}, in_gvisor="PPP PPT"),
    Threat("311_stderr_flood_binary", "PPP PPP"),
    Threat("313_ignore_signals_loop", "PPP PPT", TIME),
    Threat("315_stop_self_and_parent", "PPP PPT", {"s_stable": "did not answer within"}),
    Threat("315b_kill_everything", "PPP PPC"),
    Threat(
        "317_deep_recursion",
        "[MCR][MCR][MCR] PPC",
        {"s_stable": "crashed with SIGSEGV during `softmax`"},
        in_gvisor="[MCRT][MCRT][MCRT] PPC",
    ),
    Threat("319_fd_exhaustion", "PPP PPP"),
    Threat("323_gpu_memory_hog", "PPP PPP"),
    Threat("325_gil_hog_c_call", "PPP PPT", TIME),
    Threat("327_cleanup_resistant_tree", "PPP PPP"),
    Threat("329_fifo_as_artifact", "PPP PPP"),
    Threat("331_kernel_memory", "PPP PP[MR]"),
    Threat("331b_shared_memory_out_of_sight", "PPP PPM"),
    Threat("335_syslog_flood", "PPP PPP"),
    Threat("337_locks_and_priorities", "PPP PPP"),
    Threat("339_thread_bomb", "PPP PP[PTCR]"),
    Threat("341_another_program", "CCC PPP"),
    Threat("343_objects_that_outlive", "PPP PPP"),
    Threat("343_objects_that_outlive", "PPP PPP", tokens={"AGAIN": "again"}),
    Threat("345_kernel_memory_of_many", "PPP PP[MPT]"),
)

ANSWERS = (
    Threat(
        "401_pickle_reduce_return",
        ZEROS,
        {"s_values": "class `ndarray` (an array of dtype object cannot cross: its items"},
    ),
    Threat(
        "403_giant_broadcast",
        ZEROS,
        {
            "a_example": "TypeError: a `ndarray` of the submission cannot cross by value: 8796093022208 bytes cannot",
            "s_values": "class `ndarray` (1610612736 bytes cannot cross in one message: at most 536870912 may)",
        },
    ),
    Threat("405_odd_layout_ok", "PPP PPP"),
    Threat("407_broadcastable_shapes", ZEROS, {"a_values": "expected shape (N, M) = (3, 2), got (0, 2)"}),
    Threat("409_infinite_iterables", ZEROS, {"a_example": "affine_forward returned more than 2 values"}),
    Threat("411_close_all_fds", "CCC PPP"),
    Threat("413_forged_prereply", "CCC PPP", tokens={"WHEN": "call"}),
    Threat("413_forged_prereply", "[CN][CN][CN] [CN][CN][CN]", tokens={"WHEN": "import"}),
    Threat("415_huge_length_prefix", "CCC CCC", {"a_example": "bytes announced, at most"}),
    Threat("417_late_writer_thread", "[CP][CP][CP] PPP"),
    Threat(
        "419_self_report_forgery",
        "PPP PPP",
        flags=("meddles with testing: `autograder.inside.candidate.observing.ObservedCall.run`",),
    ),
    Threat("421_read_ahead_requests", "PPP PPP"),
    Threat("423_json_edge_values", ZEROS),
    Threat("423b_names_and_numbers", ZEROS),
    Threat("425_hostile_exception", "RRR RRT"),
    Threat("425b_hostile_names", "PPP PPP"),
    Threat("425c_unpleasant_value", "[FCR][FCR][PFCR] [FCR][FCR][FCR]"),
    Threat("427_environment_damage", "PPP PPP"),
    Threat("429_die_mid_reply", "[CP][CP][CP] PPP"),
    Threat("461_descriptors_in_answers", "PPP PPP"),
    Threat("463_descriptors_in_flight", "PPP PPP"),
    Threat("447_patch_the_candidate", ZEROS, flags=("meddles with testing: `autograder.wire.channel",)),
    Threat("449_slow_answer", "PPP PPT", {"s_stable": "did not answer within"}),
)

ODD_INPUT = (
    Threat("501_syntax_error", "NNN NNN", {"a_values": "SyntaxError: expected ':' (line 6)"}),
    Threat(
        "509_wrong_function_name",
        "GGG PPP",
        {"a_values": "function `affine_forward` not found (found: `affineForward`)"},
    ),
    Threat("511_missing_function", "PPP GGG", {"s_values": "function `softmax` not found"}),
    Threat("513_not_implemented", "AAA FFF", {"s_values": "got None. Is a `return` missing?"}),
    Threat("515_plt_show", "PPP PPP"),
    Threat("517_gpu_only", "PPP GGG"),
    Threat("519_missing_package_local", "PPP RRR", {"s_values": "No module named 'scypi'"}),
    Threat("521_returns_reused_buffer", "PPP PPP"),
    Threat(
        "523_returns_tf_tensors",
        "XXX PPP",
        {"a_values": "does not allow `tensorflow` (523_returns_tf_tensors.py, line 7)"},
    ),
    Threat("525_low_precision", "PPP FFF", {"s_values": "precision too low (float16), expected float64"}),
    Threat("527_state_leak_between_calls", "PPP PFP", {"s_values": "expected shape (N, C) = (1, 6), got (4, 3)"}),
    Threat("529_top_level_training", "PPP GGG"),
    Threat(
        "531_windows_paths",
        "NNN NNN",
        {"a_values": "SyntaxError: (unicode error)", "s_values": "(line 3)"},
    ),
    Threat(
        "533_python2_source",
        "NNN NNN",
        {"a_values": "SyntaxError: Missing parentheses", "s_values": "(line 6)"},
    ),
    Threat("535_renamed_parameters_ok", "PPP PPP"),
    Threat("537_warnings_flood", "PPP PPP"),
    Threat("541_magics_in_py", "PPP PPP"),
    Threat("543_prints_100mb", "PPP PPP"),
    Threat(
        "545_late_future_import",
        "NNN NNN",
        {"a_values": "must occur at the beginning of the file (line 5)"},
    ),
    Threat("547_tf_heavy_import", "PPP GGG"),
    Threat("547b_tf_unused_import_ok", "PPP PPP"),
)

CHEATING = (
    Threat(
        "601_hardcoded_public",
        "PFP PFP",
        flags=(
            "Exercise a: passes every public criterion, and no hidden one that compares values (a_values).",
            "Exercise s: passes every public criterion, and no hidden one that compares values (s_values).",
        ),
    ),
    Threat("603_forbidden_library_autodiff", "XXX XXX", flags=("import by name: `__import__`",)),
    Threat("603b_forbidden_library_from_disk", "PPP XXX", flags=("import by name", "eval: `eval`")),
    Threat("607_library_pretrained", "RRR XXX", flags=("uses ready-made models: `keras.applications.MobileNet`",)),
    Threat("611_shape_keyed_constants", "PFP PFF"),
    Threat("613_renamed_copy", "PPP PPP"),
    Threat("617_hidden_payload_marshal", "PPP PPP", flags=("unpacks code: `marshal.loads`", "exec: `exec`")),
    Threat("619_sanity_constant_log_c", "FFP FFP"),
)

THREATS = (*CONTROLS, *SCORE, *CHANNELS, *RESOURCES, *ANSWERS, *ODD_INPUT, *CHEATING)
