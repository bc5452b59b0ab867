import pytest

from classifier.language import Identifier


@pytest.fixture(scope="module")
def identifier():
    return Identifier(["en", "fr", "es"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My internet has been down since this morning", "en"),
        ("Plus de réseau depuis ce matin, c'est long", "fr"),
        ("@northwind ¿cuándo vuelve la luz en mi barrio?", "es"),
        ("@northwind sin servicio desde las ocho #SinLuz https://t.co/x", "es"),
        ("ok", "und"),
        ("", "und"),
        ("😡😡😡", "und"),
        ("https://example.org/this-is-a-link", "und"),
        ("\ud800\x00", "und"),
    ],
)
def test_guesses_among_the_brands_languages(identifier, text, language):
    assert identifier.identify(text) == language


@pytest.mark.parametrize(("platform", "language"), [("fr", "fr"), ("pt-BR", "pt"), ("EN_us", "en")])
def test_the_platforms_word_goes_first(identifier, platform, language):
    assert identifier.identify("hello, is anybody there?", platform) == language


@pytest.mark.parametrize("platform", ["und", "qme", "zxx", "", None, "??", "english please"])
def test_a_platform_that_does_not_know_is_not_believed(identifier, platform):
    assert identifier.identify("hello, is anybody there today?", platform) == "en"


def test_one_language_needs_no_guess_but_some_words():
    assert Identifier(["en"]).identify("pas de réseau") == "en"
    assert Identifier(["en"]).identify("😡") == "und"
