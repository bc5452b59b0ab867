"""Turns a raw post into the text the model reads; training and run time share this one function.

The encoder's vocabulary is lower-case English, so what it cannot see is said in words: emoji become
their Unicode names, shouting becomes a marker, handles and links become one word each.
"""

import html
import re
import unicodedata

RAW_LIMIT = 4000
"""Characters of a raw post that are looked at; the model reads about 600 of them."""

CLEAN_LIMIT = 1200
"""Characters of normalised text that are kept."""

_SHOUT_MARK = "shouting:"
_INVISIBLE = re.compile(r"[\ud800-\udfff\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"[\x00-\x20\u00a0\u2028\u2029]+")
_NESTED_AMPERSAND = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_LINK = re.compile(r"(?:https?:/+|www\.|pic\.twitter\.com/)\S*", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@./])@\w[\w.-]*(?:@[\w.-]+)*|(?<![\w@./])/?u/\w[\w.-]{2,}(?:@[\w.-]+)*")
_HANDLE_RUN = re.compile(r"@user(?: @user)+")
_HASHTAG = re.compile(r"#(\w+)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-zA-Z])(?=\d{4}\b)")
_REPEAT = re.compile(r"([^\d\s])\1{3,}")
_PICTURE = re.compile(r"[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_SKIN_TONE = re.compile(r"[\U0001f3fb-\U0001f3ff]")
_FLAG = re.compile(r"[\U0001f1e6-\U0001f1ff]{1,2}")
_TOKEN = re.compile(r"(?:https?:/+|www\.|pic\.twitter)\S*|&#?\w+;|(?<!\w)@\w\S*|([^\W\d_]{2,})", re.IGNORECASE)
_TAGGED = re.compile(r"(?:https?:|www\.)\S*|(?<!\w)@\w\S*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


def normalise(text: str) -> str:
    """Clean one post for the tokenizer.

    Takes any string (lone surrogates, control characters and any length included) and returns at
    most `CLEAN_LIMIT` characters without raising. Normalising twice changes nothing more.
    """
    text = _visible(text[:RAW_LIMIT])
    text = _LINK.sub("http", text)
    text = _HANDLE.sub("@user", text)
    text = _HASHTAG.sub(_split_hashtag, text)
    text = _REPEAT.sub(r"\1\1\1", text)
    text = _mark_shouting(text)
    if not text.isascii():
        text = _picture_words(text)
    text = _HANDLE_RUN.sub("@user", _SPACES.sub(" ", text))
    return text.strip()[:CLEAN_LIMIT].strip()


def masked(text: str) -> str:
    """The post with links as 'http' and handles as '@user' and nothing else changed: what public models expect."""
    return _HANDLE.sub("@user", _LINK.sub("http", _visible(text[:RAW_LIMIT])))


def wordless(text: str) -> bool:
    """True when a raw post holds no word of its author: nothing, only links, handles, numbers or emoji."""
    return not any(match.group(1) for match in _TOKEN.finditer(text[:RAW_LIMIT]))


def strange(text: str) -> bool:
    """True when most letters of a raw post are of a script other than Latin, which the model was not taught."""
    if text.isascii():
        return False
    letters = [character for character in _TAGGED.sub("", text[:RAW_LIMIT]) if character.isalpha()]
    latin = sum(character < "\u0250" or "\u1e00" <= character < "\u1f00" for character in letters)
    return latin * 2 < len(letters)


def _visible(text: str) -> str:
    """Decode HTML entities and drop what has no shape, until nothing changes any more."""
    for _ in range(4):
        before = text
        if "&" in text:
            text = html.unescape(_NESTED_AMPERSAND.sub("&", text))
        if not text.isascii():
            text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        if text == before:
            break
    return _SPACES.sub(" ", text.replace("\x7f", "")).strip()


def _split_hashtag(match: re.Match[str]) -> str:
    """'#InternetDown' says more to the model as '#Internet Down'."""
    return "#" + _CAMEL.sub(" ", match.group(1))


def _picture_words(text: str) -> str:
    """Replace emoji by their Unicode names in lower case; skin tones go, flags become 'flag'."""
    text = _FLAG.sub(" flag ", _SKIN_TONE.sub("", text))
    return _PICTURE.sub(_picture_name, text)


def _picture_name(match: re.Match[str]) -> str:
    return f" {unicodedata.name(match.group(), '').lower()} "


def _mark_shouting(text: str) -> str:
    """An uncased vocabulary cannot see capitals: say in a word that most of a post is in capitals."""
    words = _WORD.findall(text)
    loud = sum(word.isupper() for word in words)
    if loud >= 3 and loud * 2 > len(words):  # "OMG" or "ATT" alone is not shouting
        return f"{_SHOUT_MARK} {text.lower()}"
    return text
