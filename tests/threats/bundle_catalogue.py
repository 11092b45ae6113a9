"""The threats that are a bundle of files, or bytes, and what must come of them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.threats import bundles


@dataclass(frozen=True)
class Bundle:
    """A bundle and what must come of it.

    Attributes
    ----------
    row
        Its number in the catalogue.
    make
        Makes it in a folder.
    outcomes
        As in the catalogue of programs; empty: it is rejected.
    said
        What messages, notes or problems must hold.
    """

    row: str
    make: object
    outcomes: str
    said: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.row}-{self.make.__name__}"


ZEROS, HONEST, REJECTED = "FFPFFF", "PPPPPP", ""

BUNDLES = (
    Bundle("121", bundles.conftest_bundle, ZEROS, ("Files that change how Python or pytest starts are not read",)),
    Bundle("125", bundles.pycache_poison_bundle, ZEROS, ("not read",)),
    Bundle("125b", bundles.shadow_bundle, HONEST, ("Not used",)),
    Bundle("141", bundles.notebook_metadata_bundle, ZEROS),
    Bundle("321", bundles.zip_of_zeros, REJECTED, ("unpacks to too much",)),
    Bundle("321b", bundles.zip_that_lies, REJECTED),
    Bundle("321c", bundles.zip_that_overlaps, REJECTED, ("overlap",)),
    Bundle("321d", bundles.zip_in_zip, REJECTED, ("archives inside archives",)),
    Bundle("321e", bundles.zip_of_many, REJECTED, ("entries",)),
    Bundle("321f", bundles.tar_of_zeros, REJECTED, ("unpacks to too much",)),
    Bundle("321g", bundles.zip_of_links, REJECTED, ("was not handed in",)),
    Bundle("321h", bundles.zip_that_leads_out, REJECTED, ("leads out of it",)),
    Bundle("329b", bundles.pipe, REJECTED, ("holds no .py or .ipynb file",)),
    Bundle("329c", bundles.endless_link, REJECTED, ("holds no .py or .ipynb file",)),
    Bundle("333", bundles.minuses, "NNNNNN", ("too complex",)),
    Bundle("333b", bundles.branches, "NNNNNN", ("too complex",)),
    Bundle("333c", bundles.terms, "NNNNNN", ("too complex",)),
    Bundle("333d", bundles.brackets, "NNNNNN", ("too many nested",)),
    Bundle("333e", bundles.digits, "NNNNNN", ("line 1",)),
    Bundle("333f", bundles.long_names, REJECTED, ("within the limits on time, memory and size",)),
    Bundle("333g", bundles.nothing, "NNNNNN", ("line 1: a NUL byte",)),
    Bundle("431", bundles.keras_model_lambda_bundle, HONEST, ("Not read, since they are no Python",)),
    Bundle("503", bundles.byte_order_mark, HONEST),
    Bundle("505", bundles.latin1_with_cookie, HONEST),
    Bundle("507", bundles.windows_line_ends, HONEST),
    Bundle("507b", bundles.utf16, "NNNNNN", ("bundle.py is UTF-16, not UTF-8; save it as UTF-8",)),
    Bundle("549", bundles.latin1_without_cookie, "NNNNNN", ("line 15", "UTF-8")),
    Bundle("539", bundles.nested_folder, HONEST),
    Bundle("539b", bundles.copy_of_a_copy, HONEST, ("'submission (1).py' was taken as submission.py",)),
    Bundle("539c", bundles.text_file, HONEST, ("was taken as submission.py",)),
    Bundle("539d", bundles.other_case, HONEST, ("was taken as submission.py",)),
    Bundle("539e", bundles.two_candidates, REJECTED, ("could each be submission.py; hand in one of them",)),
    Bundle("539f", bundles.rar_as_zip, REJECTED, ("is a RAR archive",)),
    Bundle("539g", bundles.empty_zip, REJECTED, ("is empty",)),
    Bundle("539h", bundles.encrypted_zip, REJECTED, ("is encrypted",)),
    Bundle("607b", bundles.shipped_weights, HONEST, ("weights.npz", "No such file")),
    Bundle("607c", bundles.weights_in_the_source, HONEST, ("a large",)),
)
