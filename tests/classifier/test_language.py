import pytest

from classifier.gold import umsab
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
        ("no hay internet", "es"),
        ("plus de réseau", "fr"),
        ("aucun signal", "fr"),
        ("internet is down", "en"),
        ("no signal", "und"),
        ("No internet!", "und"),
        ("no service", "und"),
        ("no signal no internet", "und"),
        ("no signal " * 50, "und"),
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


@pytest.mark.parametrize(
    "text", ["الشبكة لا تعمل منذ الصباح", "Нет интернета с самого утра", "网络断了一整天都没有信号了"]
)
def test_a_script_of_none_of_the_brands_languages_is_not_guessed(identifier, text):
    assert identifier.identify(text) == "und"
    assert Identifier(["en"]).identify(text) == "und"


def test_a_brand_that_speaks_it_is_believed():
    assert Identifier(["en", "ru"]).identify("Нет интернета с самого утра, что случилось?") == "ru"


@pytest.mark.parametrize(("folder", "language"), [("english", "en"), ("french", "fr"), ("spanish", "es")])
def test_real_posts(identifier, data_dir, folder, language):
    """At least 98 of 100 real posts, and hardly ever another of the brand's languages."""
    found = umsab(data_dir, folder, "test")
    said = [identifier.identify(text) for text in found.texts]
    assert said.count(language) >= 0.98 * len(said)
    assert sum(each not in {language, "und"} for each in said) <= 0.005 * len(said)
