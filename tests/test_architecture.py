"""The rules that must not erode, read from the sources themselves (see CONTRIBUTING.md)."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from hub import create_app

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = ("knowledge", "indexer", "hub")
FILE_BUDGET = 400
FUNCTION_BUDGET = 50

# The adapter files: a heavy library is imported nowhere else, and inside a function even there.
EMBEDDERS = ("knowledge/embedders/*",)
LANGCHAIN = ("knowledge/generators.py", "knowledge/generators/*", "knowledge/langchain*.py")
ADAPTERS: dict[str, tuple[str, ...]] = {
    "faiss": ("knowledge/index/*",),
    "onnxruntime": EMBEDDERS,
    "tokenizers": (*EMBEDDERS, "indexer/models/*"),
    "sentence_transformers": EMBEDDERS,
    "huggingface_hub": EMBEDDERS,
    "torch": EMBEDDERS,
    "transformers": (),
    "langchain": LANGCHAIN,
    "langchain_core": LANGCHAIN,
    "langchain_openai": LANGCHAIN,
    "langchain_community": (),
}
# What knowledge may import at all, beside the standard library and the heavy ones above.
KNOWLEDGE_IMPORTS = {
    *("knowledge", "sqlalchemy", "numpy"),
    *("PIL", "py3langid", "pypdfium2", "snowballstemmer"),
}
# Where a transaction may be ended. The others flush.
COMMITTERS = (
    *("hub/*/*views.py", "hub/*/sockets.py", "hub/cli/*"),
    "hub/accounts/visitor.py",  # notes a visit, also where the page only reads
    "hub/assistant/running.py",  # writes down each event of an answer as it happens
    "hub/mail/worker.py",  # notes what became of each mail; sending stands between
    "hub/cli/measuring/*",  # into the throw-away database of a measurement, and its sign-ins
    "indexer/transactions.py",  # the one way in which worker and pipeline write
    "knowledge/evaluation/*",  # into the throw-away database of a measurement
)
UNSAFE_FORMATS = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
NAMELESS = {"utils", "util", "helpers", "services", "common", "manager", "misc"}


@dataclass(frozen=True)
class Import:
    """One imported module. ``is_lazy``: inside a function, or for the type checker only."""

    file: str
    line: int
    module: str
    is_lazy: bool

    @property
    def top(self) -> str:
        return self.module.split(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (CHECKOUT / folder).rglob("*.py")]
    assert found, f"no sources in {folders}"
    return sorted(found)


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def matches(file: str, patterns: tuple[str, ...]) -> bool:
    return any(Path(file).match(pattern) for pattern in patterns)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(*folders: str) -> Iterator[Import]:
    for path in sources(*folders):
        yield from _imports_below(tree_of(path), path, is_lazy=False)


def _imports_below(node: ast.AST, path: Path, is_lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        for module in _modules(child, path):
            yield Import(name_of(path), getattr(child, "lineno", 0), module, is_lazy)
        yield from _imports_below(child, path, is_lazy or _delays(child))


def _modules(node: ast.AST, path: Path) -> list[str]:
    """The names of modules; ``from hub.home import views`` may mean the module hub.home.views."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        parents = path.relative_to(CHECKOUT).parts[: -node.level] if node.level else ()
        base = ".".join((*parents, *filter(None, [node.module])))
        return [f"{base}.{alias.name}" for alias in node.names]
    return []


def _delays(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def wrong(found: Iterator[object]) -> str:
    return "\n".join(map(str, found))


def test_knowledge_knows_neither_the_web_nor_the_indexer() -> None:
    allowed = KNOWLEDGE_IMPORTS | set(ADAPTERS) | set(sys.stdlib_module_names)
    assert not wrong(use for use in imports("knowledge") if use.top not in allowed)


def test_the_indexer_does_not_know_the_web() -> None:
    web = {"hub", "flask", "werkzeug", "jinja2", "click", "wsgi"}
    assert not wrong(
        use
        for use in imports("indexer")
        if use.top in web or use.top.startswith(("flask_", "socketio"))
    )


def test_heavy_libraries_stay_in_their_adapters_and_wait_until_they_are_needed() -> None:
    assert not wrong(
        use
        for use in imports(*PACKAGES)
        if use.top in ADAPTERS and not (use.is_lazy and matches(use.file, ADAPTERS[use.top]))
    )


def test_the_hub_uses_no_search_or_model_library_itself() -> None:
    assert not wrong(
        use for use in imports("hub") if use.top in ADAPTERS or use.top.startswith("langchain")
    )


def test_only_the_command_line_uses_the_indexer() -> None:
    assert not wrong(
        use
        for use in imports("hub")
        if use.top == "indexer" and not matches(use.file, ("hub/cli/*",))
    )


def test_a_feature_uses_neither_views_nor_forms_of_another() -> None:
    def crosses(use: Import) -> bool:
        parts = use.module.split(".")
        return (
            parts[0] == "hub"
            and len(parts) > 2
            and parts[2] in ("views", "forms", "sockets")
            and use.file.split("/")[1] != parts[1]
        )

    assert not wrong(use for use in imports("hub") if crosses(use))


def test_nothing_of_the_product_imports_the_tests() -> None:
    assert not wrong(use for use in imports(*PACKAGES) if use.top in ("tests", "pytest"))


def test_transactions_end_at_the_edge_only() -> None:
    def commits() -> Iterator[str]:
        for path in sources(*PACKAGES):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Attribute) and node.attr in ("commit", "begin"):
                    yield f"{name_of(path)}:{node.lineno} ends a transaction"

    found = list(commits())
    assert found, "the check sees no commit at all"
    assert not wrong(line for line in found if not matches(line.split(":")[0], COMMITTERS))


def test_every_route_has_a_guard(tmp_path: Path) -> None:
    environ = {"HUB_DATA": str(tmp_path), "HUB_SECRET_KEY": "of this test"}
    app = create_app({"TESTING": True}, environ)
    routes = list(app.url_map.iter_rules())
    assert len(routes) > 5
    assert not wrong(
        f"{rule} ({rule.endpoint}) has no guard"
        for rule in routes
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "guard")
    )


@pytest.mark.parametrize("start", ["import hub, wsgi", "import indexer, knowledge.models", "help"])
def test_starting_loads_no_heavy_library(start: str, tmp_path: Path) -> None:
    runs_help = (
        "import sys; sys.argv = ['flask', '--help']\n"
        "from flask.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass"
    )
    code = runs_help if start == "help" else start
    found = f"import sys; print('LOADED', *sorted({set(ADAPTERS)!r} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{found}"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env={"HUB_DATA": str(tmp_path), "PATH": "", "HUB_ENV": "local"},
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "LOADED"


def test_no_file_has_a_name_that_says_nothing() -> None:
    everything = [*sources(*PACKAGES, "tests"), *(CHECKOUT / "templates").rglob("*.html")]
    assert not wrong(name_of(path) for path in everything if path.stem.strip("_") in NAMELESS)


def test_nothing_is_stored_in_a_format_that_runs_code_when_read() -> None:
    assert not wrong(use for use in imports(*PACKAGES, "tests") if use.top in UNSAFE_FORMATS)
    assert not wrong(
        f"{name_of(path)}:{node.value.lineno} allows pickles"
        for path in sources(*PACKAGES, "tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.keyword)
        and node.arg == "allow_pickle"
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    )


def test_files_and_functions_stay_small() -> None:
    def too_long() -> Iterator[str]:
        for path in sources(*PACKAGES, "migrations"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            is_migration = "versions" in path.parts
            if lines > FILE_BUDGET and not is_migration:
                yield f"{name_of(path)} has {lines} lines"
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_migration:
                    length = (node.end_lineno or 0) - node.lineno + 1
                    if length > FUNCTION_BUDGET:
                        yield f"{name_of(path)}:{node.lineno} {node.name} has {length} lines"

    assert not wrong(too_long())


COMMENT = re.compile(r"\{#.*?#\}", re.S)
INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an inline event": re.compile(r"<[^>{%]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
}


@pytest.mark.parametrize("what", INLINE)
def test_templates_hold_neither_scripts_nor_styles(what: str) -> None:
    pages = sorted((CHECKOUT / "templates").rglob("*.html"))
    assert pages
    assert not wrong(
        f"{name_of(page)} holds {what}"
        for page in pages
        if INLINE[what].search(COMMENT.sub("", page.read_text(encoding="utf-8")))
    )


# Spelled in parts, so that this file is not its own finding.
PLACES = re.compile(r"(?<![\w.:/>$}~-])/(?:tm" r"p|hom" r"e|roo" r"t|User" r"s|work|op" r"t)/[\w.]")
HOSTS = re.compile(
    r"pypi\.(?:org|python)|python"
    r"hosted|npmjs\.(?:org|com)|download\.py"
    r"torch|huggingface\.co"
)


def published_texts() -> Iterator[tuple[str, str]]:
    """Every file that git would publish, with its text; binary files have none."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(listing, cwd=CHECKOUT, capture_output=True, text=True)
    if run.returncode:
        pytest.skip("this is not a git checkout, so nobody can say which files are published")
    for name in filter(None, run.stdout.split("\0")):
        try:
            yield name, (CHECKOUT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


@pytest.mark.parametrize("pattern", [PLACES, HOSTS], ids=["folder of a machine", "registry"])
def test_no_file_names_a_machine(pattern: re.Pattern[str]) -> None:
    def named() -> Iterator[str]:
        for name, text in published_texts():
            for number, line in enumerate(text.splitlines(), 1):
                if pattern.search(line):
                    yield f"{name}:{number} {line.strip()[:80]}"

    assert not wrong(named())


def test_requirements_are_pinned_and_say_nothing_about_where_they_come_from() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (CHECKOUT / name).read_text().splitlines()
        pins = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert len(pins) > 10
        assert not wrong(line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line))


def test_the_readme_names_functions_that_exist() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    names = re.findall(r"`((?:hub|knowledge|indexer)(?:\.\w+)+)`", text)
    assert len(names) > 8
    assert not wrong(name for name in names if not _exists(name))


def _exists(name: str) -> bool:
    """``package.module.Class.method``: the longest part that is a module, then its attributes."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return found is not None
    return False
