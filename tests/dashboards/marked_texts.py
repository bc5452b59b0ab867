"""What the pages say, found in templates, Python and scripts: texts that are marked for translation, and others.

``python -m tests.dashboards.marked_texts fr`` prints what has no translation yet, ready for a catalogue.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import polib
from jinja2 import Environment, nodes

from dashboards import languages

HERE = Path(languages.__file__).parent
FUNCTIONS = {"_": 1, "later": 1, "pgettext": 2, "ngettext": 2}  # name → how many texts it takes
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
HOLE = "\x00"  # stands where a template fills something in
SPOKEN = ("aria-label", "title", "placeholder", "alt", "aria-description", "aria-roledescription")
SILENT = ("kbd", "code", "style", "script")  # keys and code are the same in every language
NAMES = frozenset({"Amends", "JavaScript", "QR", "PIN", "https", "web.public_url", "px", "svg", "x", "full"})


@dataclass(frozen=True)
class Text:
    where: str
    one: str
    many: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        return f"{self.context}\x04{self.one}" if self.context else self.one


# --- marked ------------------------------------------------------------------------------------------------------


def everything() -> Iterator[Text]:
    for path in sorted((HERE / "templates").glob("*.html")):
        yield from of_template(path)
    for path in sorted(HERE.rglob("*.py")):
        yield from of_python(path)
    yield from of_scripts()


def of_scripts() -> Iterator[Text]:
    for path in sorted((HERE / "static" / "js").glob("*.js")):
        yield from of_script(path)


def _parsed(path: Path) -> nodes.Template:
    return Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True).parse(path.read_text())


def of_template(path: Path) -> Iterator[Text]:
    for call in _parsed(path).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in FUNCTIONS:
            yield _text(path, call.lineno, call.node.name, [getattr(each, "value", None) for each in call.args])


def of_python(path: Path) -> Iterator[Text]:
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in FUNCTIONS:
            given = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
            if call.func.id == "pgettext" and given[1:2] == [None]:
                continue  # a text of a table, which stands there with its mark
            if call.func.id != "_" or given[0] is not None:
                yield _text(path, call.lineno, call.func.id, given)


def _text(path: Path, line: int, function: str, given: list[object]) -> Text:
    where = f"{path.name}:{line}"
    texts = [each for each in given[: FUNCTIONS[function]] if isinstance(each, str)]
    assert len(texts) == FUNCTIONS[function], f"{where}: {function}() takes a text as it stands, not a value; see | tr"
    match function:
        case "ngettext":
            return Text(where, texts[0], texts[1])
        case "pgettext":
            return Text(where, texts[1], context=texts[0])
        case "later" if len(given) > 1:
            return Text(where, texts[0], context=str(given[1]))
    return Text(where, texts[0])


_STRING = r'"(?:[^"\\]|\\.)*"'
_CALL = re.compile(
    rf"(?<![\w.])(?:t\(\s*({_STRING})|tc\(\s*({_STRING})\s*,\s*({_STRING})|tn\(\s*({_STRING})\s*,\s*({_STRING}))"
)


def _code(path: Path) -> str:
    """A script without its comments and imports, with the line ends where they were."""
    lines = path.read_text().split("\n")
    return "\n".join("" if line.startswith("import ") else re.sub(r"(^|\s)// .*", "", line) for line in lines)


def of_script(path: Path) -> Iterator[Text]:
    source = _code(path)
    for found in _CALL.finditer(source):
        where = f"{path.name}:{source.count(chr(10), 0, found.start()) + 1}"
        plain, context, told, one, many = (json.loads(each) if each else "" for each in found.groups())
        yield Text(where, plain or told or one, many, context)


# --- not marked --------------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Collects what a person reads of a page: text, and attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def unmarked_in_template(path: Path) -> list[str]:
    """Words that stand in a template in plain English, and constants with several words that it fills in."""
    reader, page, constants = _Reader(), _parsed(path), []
    for output in page.find_all(nodes.Output):
        for part in output.nodes:
            reader.feed(part.data if isinstance(part, nodes.TemplateData) else HOLE)
            if not isinstance(part, nodes.TemplateData):
                constants += _constants(part)
    for assigned in page.find_all((nodes.Assign, nodes.For)):
        constants += _constants(assigned.node if isinstance(assigned, nodes.Assign) else assigned.iter)
    reader.close()
    words = [word for text in reader.found for word in WORD.findall(text.replace(HOLE, " ")) if word not in NAMES]
    return words + [text for text in constants if _is_shown(text)]


def _is_shown(text: str) -> bool:
    """Whether a constant reads like words for people, and not like a class, a key or a name."""
    keys = re.fullmatch(r"(Ctrl )?(\S|Enter|Esc)( \S)*", text)
    return bool(re.search(r"\w \w|^[A-Z][a-z]", text)) and not keys and text not in NAMES


def _constants(node: nodes.Node) -> list[str]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in FUNCTIONS:
        return [text for named in node.kwargs for text in _constants(named.value)]
    if isinstance(node, nodes.Const):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, nodes.Compare):  # a value that is compared is not shown
        return []
    return [text for child in node.iter_child_nodes() for text in _constants(child)]


# What scripts say to machines.
CODE = frozenset(
    {
        "Enter",
        "Escape",
        "Esc",
        "${minutes} min",
        "${hours} h ${minutes % 60} min",
        "Tab",
        "Home",
        "End",
        "PageUp",
        "PageDown",
        "SharedWorker",
        "attestationObject",
        "authenticatorData",
        "userHandle",
        "insertText",
        "richText",
        "Content-Type",
        "X-CSRF-Token",
        "Amends",
        "small quiet whose",
        "small outcome look",
    }
)
_SENTENCE = re.compile(r"[\"`>][A-Z][a-z]+[^\w/\-\]]|[a-z]{2,} [a-z]{2,} [a-z]|[a-z]{2} \$\{|\} [a-z]{2}")
_LITERAL = re.compile(rf"{_STRING}|`(?:[^`\\]|\\.)*`")


def unmarked_in_script(path: Path) -> list[str]:
    """Strings of a script that read like a sentence and stand outside of ``t``, ``tc`` and ``tn``."""
    found = _LITERAL.findall(_CALL.sub("", _code(path)))
    return [each for each in found if _SENTENCE.search(each) and each[1:-1] not in CODE]


def unmarked_in_python(path: Path) -> list[str]:
    """Constants handed over under a name that is shown: ``title="Log in"``."""
    shown = ("title", "problem", "message", "what", "label", "hint", "words")
    return [
        f"line {call.lineno}: {named.value.value}"
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        for named in call.keywords
        if named.arg in shown and isinstance(named.value, ast.Constant) and isinstance(named.value.value, str)
        if WORD.search(named.value.value)
    ]


# --- catalogues --------------------------------------------------------------------------------------------------


def entries(language: str) -> list[tuple[str, polib.POEntry]]:
    """Every entry with the name of its file."""
    paths = sorted((languages.HERE / language).glob("*.po"))
    return [(path.name, entry) for path in paths for entry in polib.pofile(str(path))]


def key(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid


def missing(language: str) -> list[Text]:
    """Texts without a translation; those of scripts count only where a catalogue for scripts has them."""
    known = {key(entry) for _, entry in entries(language) if entry.translated()}
    sent = {
        key(entry) for name, entry in entries(language) if entry.translated() and name.startswith(languages.SCRIPTS)
    }
    return [text for text in everything() if text.key not in (sent if ".js:" in text.where else known)]


def main() -> None:
    told = set()
    for text in missing(sys.argv[1]):
        if (text.key, ".js:" in text.where) in told:
            continue
        told.add((text.key, ".js:" in text.where))
        entry = polib.POEntry(msgid=text.one, comment=text.where, msgctxt=text.context or None)
        if text.many:
            entry.msgid_plural, entry.msgstr_plural = text.many, {0: "", 1: ""}
        print(entry)


if __name__ == "__main__":
    main()
