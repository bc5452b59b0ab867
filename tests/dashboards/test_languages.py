"""The interface in another language: whole, filled alike, and in the language of who asks."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboards import languages
from dashboards.languages import _, counted, ngettext, pgettext
from tests.dashboards import marked_texts
from tests.dashboards.visiting import Visitor, visit

OTHERS = [tag for tag in languages.LANGUAGES if tag != languages.ENGLISH]
PLACES = re.compile(r"%\((\w+)\)s|%")
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(autouse=True)
def _english_again() -> None:
    languages.speak("en")


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    return visit(tmp_path, "admin")


# --- the catalogues ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_every_marked_text_is_translated(language: str) -> None:
    assert [(text.where, text.one) for text in marked_texts.missing(language)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str) -> None:
    used = {text.key for text in marked_texts.everything()}
    scripts = {text.key for text in marked_texts.of_scripts()}
    for name, entry in marked_texts.entries(language):
        wanted = scripts if name.startswith(languages.SCRIPTS) else used
        assert marked_texts.key(entry) in wanted, f"{name}: nobody says {entry.msgid!r}"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_filled_and_marked_up_like_its_english(language: str) -> None:
    for name, entry in marked_texts.entries(language):
        plural = list(entry.msgstr_plural.values())
        whole = entry.msgid_plural or entry.msgid
        for text in plural or [entry.msgstr]:
            same = sorted(PLACES.findall(text)) == sorted(PLACES.findall(whole))
            # The singular may say the number in a word.
            fewer = bool(plural) and text == plural[0] and set(PLACES.findall(text)) <= set(PLACES.findall(whole))
            assert same or fewer, f"{name}: {text!r} is filled otherwise than {whole!r}"
            assert sorted(TAGS.findall(text)) == sorted(TAGS.findall(whole)), f"{name}: {text!r}: other tags"
            assert (text[:1] == " ") == (whole[:1] == " "), f"{name}: {text!r}"
            assert (text[-1:] == " ") == (whole[-1:] == " "), f"{name}: {text!r}"
            assert '"' not in TAGS.sub("", text), f"{name}: {text!r} would end an attribute"


@pytest.mark.parametrize("language", OTHERS)
def test_one_text_has_one_translation(language: str) -> None:
    told: dict[str, object] = {}
    for name, entry in marked_texts.entries(language):
        now = entry.msgstr_plural or entry.msgstr
        assert told.setdefault(marked_texts.key(entry), now) == now, f"{name}: {entry.msgid!r} is told in two ways"


def test_french_spaces_do_not_break() -> None:
    for name, entry in marked_texts.entries("fr"):
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            said = re.sub(r"https?:\S*|%\(\w+\)s|<[^>]+>", "x", text)
            assert not re.search(r"[^\s\u202f\u00a0?!][;!?]|[^\d\u00a0\u202f]:(?=\s|$)|« | »", said), (
                f"{name}: {text!r}"
            )


# --- nothing is left in English ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((marked_texts.HERE / "templates").glob("*.html")), ids=lambda path: path.name)
def test_a_template_says_nothing_unmarked(path: Path) -> None:
    assert marked_texts.unmarked_in_template(path) == []


@pytest.mark.parametrize("path", sorted((marked_texts.HERE / "static/js").glob("*.js")), ids=lambda path: path.name)
def test_a_script_says_nothing_unmarked(path: Path) -> None:
    assert marked_texts.unmarked_in_script(path) == []


def test_no_title_is_left_unmarked() -> None:
    views = sorted((marked_texts.HERE / "views").glob("*.py"))
    assert {path.name: found for path in views if (found := marked_texts.unmarked_in_python(path))} == {}


# --- which language ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "accepted", "otherwise", "spoken"),
    [
        ("", "", "en", "en"),
        ("", "fr-CA,fr;q=0.9,en;q=0.8", "en", "fr"),
        ("", "de-DE, en;q=0.4, fr;q=0.7", "en", "fr"),
        ("", "fr;q=0, en;q=0.1", "fr", "en"),
        ("", "de,*;q=0.5", "fr", "fr"),
        ("en", "fr", "fr", "en"),
        ("", "fr;q=many", "de", "en"),
        ("xx", "\x00;;;,,,q=", "", "en"),
    ],
)
def test_the_language_is_ones_own_or_the_browsers_or_the_brands(
    own: str, accepted: str, otherwise: str, spoken: str
) -> None:
    assert languages.choose(own, accepted, otherwise) == spoken


def test_the_page_is_in_the_language_the_browser_asks_for(visitor: Visitor) -> None:
    stranger = TestClient(visitor.client.app)
    french = stranger.get("/login", headers={"accept-language": "fr"}).text
    assert '<html lang="fr">' in french
    assert "Mot de passe" in french
    english = stranger.get("/login", headers={"accept-language": "de"}).text
    assert '<html lang="en">' in english
    assert "Password" in english


def test_a_person_keeps_a_language_of_their_own(visitor: Visitor) -> None:
    assert visitor.post("/account", do="language", language="fr").headers["location"] == "/account"
    page = visitor.get("/account").text
    assert '<html lang="fr">' in page
    assert '<option value="fr" lang="fr" selected>Français</option>' in page
    visitor.post("/account", do="language", language="")
    assert '<html lang="en">' in visitor.get("/account").text


def test_only_languages_there_are_can_be_chosen(visitor: Visitor) -> None:
    assert visitor.post("/account", do="language", language="tlh").status_code == 422
    assert '<html lang="en">' in visitor.get("/account").text


def test_an_address_that_is_not_there_is_told_in_the_readers_language(visitor: Visitor) -> None:
    visitor.client.headers["accept-language"] = "fr"
    assert '<html lang="fr">' in visitor.get("/nowhere").text


def test_one_request_leaves_no_language_to_the_next(visitor: Visitor) -> None:
    assert '<html lang="fr">' in visitor.client.get("/account", headers={"accept-language": "fr"}).text
    assert '<html lang="en">' in visitor.client.get("/account", headers={"accept-language": "en"}).text


# --- texts -------------------------------------------------------------------------------------------------------


def test_what_is_filled_into_a_template_is_escaped() -> None:
    said = str(languages.IN_TEMPLATES["_"]("Approved: %(author)s", author="<b>"))
    assert said == "Approved: &lt;b&gt;"


def test_a_text_without_translation_stays_english() -> None:
    languages.speak("fr")
    assert _("A text that nobody has translated: %(it)s", it="this") == "A text that nobody has translated: this"
    assert ngettext("%(num)s thing of this test", "%(num)s things of this test", 2) == "2 things of this test"
    assert pgettext("somewhere", "A text of this test") == "A text of this test"


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert counted(12345.5, 1) == "12,345.5"
    languages.speak("fr")
    assert counted(12345.5, 1) == "12\u202f345,5"


def test_french_takes_the_singular_for_nothing() -> None:
    languages.speak("fr")
    assert ngettext("%(num)s day", "%(num)s days", 0) == "0 jour"
    assert ngettext("%(num)s day", "%(num)s days", 2) == "2 jours"


def test_scripts_find_their_texts_under_an_address_that_changes_with_them(visitor: Visitor) -> None:
    visitor.client.headers["accept-language"] = "fr"
    address = re.search(r'src="(/texts/fr\.[0-9a-f]{12}\.js)"', visitor.get("/account").text)
    assert address
    told = TestClient(visitor.client.app).get(address[1])
    assert told.headers["content-type"].startswith("text/javascript")
    assert "immutable" in told.headers["cache-control"]
    assert told.text.startswith("globalThis.amendsTexts = { form: (n) => Number((n > 1)), texts: {")
    assert visitor.get("/texts/fr.000000000000.js").headers["cache-control"] == "no-store"
    assert visitor.get("/texts/en.0.js").status_code == 404
    assert visitor.get("/texts/xx.0.js").status_code == 404


def test_english_needs_no_texts_for_scripts(visitor: Visitor) -> None:
    assert "/texts/" not in visitor.get("/account").text
