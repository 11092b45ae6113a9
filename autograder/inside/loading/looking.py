"""Stand-ins for missing packages for looking.

They give what these packages' well-known names give.

`StandIns` answers the import statements of one submission; the families know what a bare `Inert`
cannot: the axes of ``plt.subplots``, the elements behind a progress bar, the names of a star
import.
"""

from __future__ import annotations

import dis
import functools
import importlib
import importlib.util
import itertools
import operator
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.inside.loading.inert import Inert, InertBase, fresh, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import FrameType

_MAX_AXES = 1_000
_COLAB = "google.colab"
_COUNTED = (list, tuple, dict, set, range, np.ndarray)

# Names that star imports bind. Names that the real package does not export are not among them:
# they would hide the student's own functions.
_PYPLOT = """
annotate arrow autoscale axes axhline axhspan axis axvline axvspan bar barbs barh box boxplot cla
clabel clf clim close cm cohere colorbar colormaps connect contour contourf cool copper csd cycler
delaxes disconnect draw errorbar eventplot figaspect figimage figlegend fignum_exists figtext figure
fill fill_between fill_betweenx findobj flag gca gcf gci get_cmap get_current_fig_manager
get_fignums get_figlabels getp ginput gray grid hexbin hist hist2d hlines hot hsv imread imsave
imshow inferno interactive ioff ion isinteractive jet legend locator_params loglog magma
magnitude_spectrum margins matplotlib matshow minorticks_off minorticks_on mlab nipy_spectral np
pause pcolor pcolormesh phase_spectrum pie pink plasma plot plot_date polar prism psd quiver
quiverkey rc rc_context rcdefaults rcParams rcParamsDefault rcsetup rgrids savefig sca scatter sci
semilogx semilogy set_cmap setp show specgram spring spy stackplot stairs stem step streamplot style
subplot subplot2grid subplot_mosaic subplot_tool subplots subplots_adjust summer suptitle
switch_backend table text thetagrids tick_params ticklabel_format tight_layout title tricontour
tricontourf tripcolor triplot twinx twiny violinplot viridis vlines waitforbuttonpress winter xcorr
xkcd xlabel xlim xscale xticks ylabel ylim yscale yticks Annotation Arrow Artist AutoLocator Axes
Button Circle Figure FigureBase FigureCanvasBase FixedFormatter FixedLocator FormatStrFormatter
Formatter FuncFormatter GridSpec IndexLocator Line2D LinearLocator Locator LogFormatter LogLocator
MaxNLocator MultipleLocator Normalize NullFormatter NullLocator PolarAxes Polygon Rectangle
ScalarFormatter Slider Subplot SubplotSpec Text Widget
""".split()  # noqa: SIM905  # a block of names is easier to compare
_DISPLAY = """
display display_html display_pretty clear_output set_matplotlib_formats update_display Audio Code
DisplayHandle DisplayObject FileLink FileLinks GeoJSON HTML IFrame Image JSON Javascript Latex
Markdown Math Pretty ProgressBar SVG ScribdDocument TextDisplayObject Video VimeoVideo YouTubeVideo
""".split()  # noqa: SIM905  # a block of names is easier to compare
_WIDGETS = """
interact interactive interact_manual interactive_output fixed link jslink jsdlink dlink Accordion
Audio BoundedFloatText BoundedIntText Box Button ButtonStyle Checkbox ColorPicker Combobox
Controller DOMWidget DatePicker Dropdown FileUpload FloatLogSlider FloatProgress FloatRangeSlider
FloatSlider FloatText GridBox GridspecLayout HBox HTML HTMLMath Image IntProgress IntRangeSlider
IntSlider IntText Label Layout Output Password Play RadioButtons Select SelectMultiple
SelectionRangeSlider SelectionSlider SliderStyle Stack Tab Text Textarea ToggleButton ToggleButtons
VBox Valid Video Widget
""".split()  # noqa: SIM905  # a block of names is easier to compare
_BARS = ["tqdm", "trange", "tqdm_notebook", "tnrange", "tqdm_gui", "tgrange"]
_STARS: Mapping[str, Sequence[str]] = {
    "matplotlib.pyplot": _PYPLOT,
    "IPython.display": _DISPLAY,
    "ipywidgets": _WIDGETS,
    "tqdm": _BARS,
    "tqdm.auto": _BARS[:2],
    "tqdm.notebook": [*_BARS[:2], *_BARS[2:4]],
}
# pylab hands out NumPy's names, the later ones in place of the earlier, but these.
_NUMPY_PLACES = ("linalg", "random", "fft")
_NOT_OF_PYLAB = frozenset({"abs", "bool", "bytes", "max", "min", "pow", "round"})


class PlottingStandIn(Inert):
    """Something of a package that draws."""

    def attribute(self, name: str) -> Any:
        """Make an attribute.

        NumPy's own functions are returned where pyplot and pylab hand them out.
        """
        if name == "np":
            return np
        names = _numpy_names() if self.__name__.endswith("pylab") else {}
        return names[name] if name in names else super().attribute(name)

    def called(self, *args: Any, **kwargs: Any) -> Any:
        """Return the object to which a call leads.

        ``subplots`` gives as many axes as the call asks for.
        """
        if not self.__name__.endswith(".subplots"):
            return super().called(*args, **kwargs)
        axes = self._axes(*args[:2], **kwargs)
        return (self.part("()[0]"), axes) if self.__name__.endswith(_WITH_FIGURE) else axes

    def _axes(self, nrows: Any = 1, ncols: Any = 1, *, squeeze: Any = True, **_options: Any) -> Any:
        rows, columns = operator.index(nrows), operator.index(ncols)
        if not 0 < rows * columns <= _MAX_AXES:
            return self.part("()")
        axes = np.empty((rows, columns), object)
        for place in np.ndindex(rows, columns):
            axes[place] = self.part("()")
        if not squeeze:
            return axes
        return axes[0, 0] if axes.size == 1 else axes.squeeze()


_WITH_FIGURE = ("pyplot.subplots", "pylab.subplots")


def _is_of_pylab(name: str) -> bool:
    return not name.startswith("_") and name not in _NOT_OF_PYLAB


@functools.cache
def _numpy_names() -> dict[str, Any]:
    """Return NumPy's public names as pylab exports them."""
    names: dict[str, Any] = {}
    for place in (np, *(getattr(np, name) for name in reversed(_NUMPY_PLACES))):
        names.update({name: getattr(place, name) for name in place.__all__ if _is_of_pylab(name)})
    return names


class ProgressStandIn(Inert):
    """Something of a package that shows progress.

    It iterates its argument.
    """

    def called(self, *args: Any, **kwargs: Any) -> Any:
        """Return a bar over the first argument where that can be iterated."""
        name = self.__name__.rpartition(".")[2]
        if name in _WITH_RESULT:
            made = _WITH_RESULT[name](*args, **kwargs)
            return self._bar(made, {}) if name in _RANGES else made
        over = args[0] if args else kwargs.get("iterable")
        if issubclass(type(over), str) and name != "tqdm":
            return super().called()
        return self._bar(over, kwargs)

    def base(self) -> type[InertBase]:
        """Make a bar as the stand-in for a base class."""
        return fresh(kind_of(self.package, BarBase))

    def _bar(self, over: Any, options: Mapping[str, Any]) -> Inert:
        bar: Bar = kind_of(self.package, Bar)(f"{self.__name__}()")
        bar.show(
            over if hasattr(type(over), "__iter__") or hasattr(type(over), "__getitem__") else None,
            options,
        )
        return bar


class Bar(ProgressStandIn):
    """A progress bar that iterates its argument and counts."""

    def show(self, over: Any, options: Mapping[str, Any]) -> None:
        """Begin."""
        known = len(over) if isinstance(over, _COUNTED) else None
        self.__dict__.update(
            iterable=over, n=options.get("initial", 0), total=options.get("total", known)
        )

    def part(self, suffix: str) -> Inert:
        """Make something that is no bar itself."""
        return kind_of(self.package, ProgressStandIn)(f"{self.__name__}{suffix}")

    def __iter__(self) -> Iterator[Any]:
        over = self.__dict__["iterable"]
        if over is None:
            return iter(())
        return self._counted(over)

    def _counted(self, over: Iterable[Any]) -> Iterator[Any]:
        for one in over:
            yield one
            self.update(1)

    def __reversed__(self) -> Iterator[Any]:
        found: Iterator[Any] = reversed(self.__dict__["iterable"])
        return found

    def __len__(self) -> int:
        total = self.__dict__["total"]
        return len(self.__dict__["iterable"]) if total is None else int(total)

    def __contains__(self, item: object) -> bool:
        return item in self.__dict__["iterable"]

    def update(self, n: Any = 1) -> None:
        """Count."""
        self.__dict__["n"] = self.__dict__["n"] + n


class BarBase(InertBase):
    """The stand-in for a progress bar among bases.

    They are the bases of a student's class. It iterates its argument and counts.
    """

    def __init__(
        self, iterable: Any = None, desc: Any = None, total: Any = None, *_args: Any, **options: Any
    ) -> None:
        known = len(iterable) if isinstance(iterable, _COUNTED) else None
        self.iterable, self.desc, self.total = iterable, desc, known if total is None else total
        self.n = options.get("initial", 0)

    def __iter__(self) -> Iterator[Any]:
        over = self.__dict__.get("iterable")
        for one in () if over is None else over:
            yield one
            self.__dict__["n"] = self.__dict__.get("n", 0) + 1

    def __reversed__(self) -> Iterator[Any]:
        found: Iterator[Any] = reversed(self.iterable)
        return found

    def __len__(self) -> int:
        return len(self.iterable) if self.total is None else int(self.total)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: object) -> bool:
        return item in self.iterable

    def update(self, n: Any = 1) -> None:
        """Count."""
        self.__dict__["n"] = self.__dict__.get("n", 0) + n


def _mapped(function: Callable[..., Any], *parts: Iterable[Any], **_options: object) -> list[Any]:
    return [function(*values) for values in zip(*parts, strict=False)]


def _written(text: object = "", file: Any = None, end: str = "\n", **_options: object) -> None:
    print(text, file=file, end=end)  # above the bar


_RANGES = frozenset({"trange", "tnrange", "tgrange"})
#: Functions of progress bars that compute something beside what they show.
_WITH_RESULT: Mapping[str, Callable[..., Any]] = {
    **{name: lambda *args, **_options: range(*args) for name in _RANGES},
    "tenumerate": lambda over, start=0, **_options: enumerate(over, start),
    "tzip": lambda *parts, **_options: zip(*parts, strict=False),
    "tmap": lambda function, *parts, **_options: map(function, *parts),
    "tproduct": lambda *parts, **_options: itertools.product(*parts),
    "thread_map": _mapped,
    "process_map": _mapped,
    "write": _written,
}


class NotebookStandIn(Inert):
    """Something of IPython.

    Its shell and its display are the submission's own.
    """

    def attribute(self, name: str) -> Any:
        """Make an attribute.

        ``get_ipython`` and ``display`` are those of the asking code.
        """
        is_function = name == "get_ipython" or (name == "display" and ".display" in self.__name__)
        # as a notebook has them
        own = sys._getframe(2).f_builtins if is_function else {}  # noqa: SLF001
        return own[name] if name in own else super().attribute(name)


_FAMILIES: Mapping[str, type[Inert]] = {
    **dict.fromkeys(("matplotlib", "pylab"), PlottingStandIn),
    **dict.fromkeys(
        ("tqdm", "rich", "alive_progress", "progressbar", "fastprogress"), ProgressStandIn
    ),
    "IPython": NotebookStandIn,
}


class StandIns:
    """The inert packages of one submission, made where an import finds nothing.

    Parameters
    ----------
    packages
        Their names; ``google.colab`` for one within another.
    notice
        Called with each package when it is first imported.
    """

    def __init__(self, packages: Iterable[str], notice: Callable[[str], None]) -> None:
        self._packages = tuple(packages)
        self._notice = notice
        self._roots: dict[str, Inert] = {}
        self._importlib: _Importlib | None = None

    def imported(
        self, load: Callable[[], ModuleType], name: str, fromlist: Sequence[str], frame: FrameType
    ) -> ModuleType:
        """Import a module with `load`, or return its stand-in.

        The other parameters are as in `find`.
        """
        try:
            module = load()
        except ModuleNotFoundError as error:
            found = self.find(name, fromlist, error.name, frame)
            if found is None:
                raise
            return found
        return self.complete(module, name, fromlist, frame)

    def find(
        self, name: str, fromlist: Sequence[str], missing: str | None, frame: FrameType
    ) -> ModuleType | None:
        """Return the stand-in for a failed import, or None.

        Parameters
        ----------
        name, fromlist
            As in the import statement.
        missing
            The module that is not there.
        frame
            The code that imports.
        """
        package = next((one for one in self._packages if is_within(name, one)), None)
        if package is None:
            outer = [one for one in fromlist if f"{name}.{one}" in self._packages]
            is_lost = (
                bool(outer) and missing == name and not _asks_for_colab(f"{name}.{outer[0]}", frame)
            )
            return (
                _Holder(name, None, {one: self._root(f"{name}.{one}") for one in outer})
                if is_lost
                else None
            )
        if missing is None or not is_within(package, missing) or _asks_for_colab(package, frame):
            return None
        root = self._root(package)
        if not fromlist:
            first, _, rest = package.partition(".")
            return _Holder(first, sys.modules.get(first), {rest: root}) if rest else root
        module: Any = root
        for part in name.removeprefix(package).split(".")[1:]:
            module = getattr(module, part)
        if "*" in fromlist:
            module.__dict__["__all__"] = _starred(module)
        return module  # type: ignore[no-any-return]

    def complete(
        self, module: ModuleType, name: str, fromlist: Sequence[str], frame: FrameType
    ) -> ModuleType:
        """Return an imported module with the asked inert packages inside."""
        if name == "importlib" or (name.startswith("importlib.") and not fromlist):
            self._importlib = self._importlib or _Importlib(self)
            return self._importlib
        inner = [
            one
            for one in fromlist
            if f"{name}.{one}" in self._packages and not hasattr(module, one)
        ]
        if not inner or _asks_for_colab(f"{name}.{inner[0]}", frame):
            return module
        return _Holder(name, module, {one: self._root(f"{name}.{one}") for one in inner})

    def _root(self, package: str) -> Inert:
        if package not in self._roots:
            self._roots[package] = kind_of(package, _FAMILIES.get(package, Inert))(package)
            self._notice(package)
        return self._roots[package]


class _Holder(ModuleType):
    """A package as it is, with inert packages within it.

    The real package is left alone: libraries that look there must not find anything.
    """

    def __init__(self, name: str, real: ModuleType | None, inert: Mapping[str, Inert]) -> None:
        super().__init__(name)
        self.__dict__["__real__"] = real
        self.__dict__.update(inert)

    def __getattr__(self, name: str) -> Any:
        if self.__dict__["__real__"] is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self.__dict__["__real__"], name)


class _Importlib(ModuleType):
    """`importlib` as a submission sees it.

    Its ``import_module`` gives stand-ins, too.
    """

    def __init__(self, stand_ins: StandIns) -> None:
        super().__init__("importlib")
        self._stand_ins = stand_ins

    def import_module(self, name: str, package: str | None = None) -> ModuleType:
        """Import a module, or return its stand-in."""
        try:
            return importlib.import_module(name, package)
        except ModuleNotFoundError as error:
            # who asks
            found = self._stand_ins.find(name, ("",), error.name, sys._getframe(1))  # noqa: SLF001
            if found is None:
                raise
            return found

    def reload(self, module: ModuleType) -> ModuleType:
        """Reload a module.

        A stand-in stays as it is.
        """
        return module if isinstance(module, Inert) else importlib.reload(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib, name)


def is_absent(package: str) -> bool:
    """Return True if a package is not installed here."""
    try:
        return importlib.util.find_spec(package) is None
    except (
        ImportError,
        ValueError,
    ):  # the package that it lies in is not there either, or is half imported
        return True


def is_within(name: str, package: str) -> bool:
    """Return True for a package or a module in it.

    Both are given by their dotted names.
    """
    return name == package or name.startswith(f"{package}.")


def _asks_for_colab(package: str, frame: FrameType) -> bool:
    """Return True if an import only tests for Colab.

    Such an import stands in a ``try``. This is not Colab.
    """
    if package != _COLAB:
        return False
    entries = dis.Bytecode(frame.f_code).exception_entries  # type: ignore[attr-defined]
    # `lasti` marks the clean-up of `with` and `except`, which handles nothing
    return any(one.start <= frame.f_lasti < one.end and not one.lasti for one in entries)


def _starred(module: ModuleType) -> list[str]:
    """Return the names that a star import binds."""
    path = module.__name__
    if path.endswith("pylab"):
        return [*dict.fromkeys([*_numpy_names(), *_PYPLOT])]
    return list(_STARS.get(path, ()))
