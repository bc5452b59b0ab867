"""Our handle in a text, in each platform's own spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Eligibility, Platform
from listener.eligibility import from_text, handles_in

HANDLES = ("@northwind", "@northwind.example", "u/northwind", "@northwind@mastodon.example")
X, REDDIT, BLUESKY, MASTODON = Platform.X, Platform.REDDIT, Platform.BLUESKY, Platform.MASTODON


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        (X, "@northwind is it down?"),
        (X, "hey @NorthWind!"),
        (X, ".@northwind"),
        (X, "(@northwind)"),
        (X, "@northwind."),
        (X, "@northwind's network"),
        (X, "@northwindさん"),
        (X, "＠northwind"),
        (X, "@ana @northwind"),
        (BLUESKY, "@northwind.example."),
        (BLUESKY, "@Northwind.Example, hello"),
        (MASTODON, "@northwind hello"),
        (MASTODON, "@northwind@mastodon.example hello"),
        (REDDIT, "u/northwind help"),
        (REDDIT, "hey /u/Northwind."),
    ],
)
def test_tagged(platform: Platform, text: str) -> None:
    assert from_text(text, platform, HANDLES) is Eligibility.TAGGED


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        (X, "northwind is down"),
        (X, "#northwind"),
        (X, "@northwind_fans"),
        (X, "@northwindmobile"),
        (X, "care@northwind.example"),
        (X, "https://x.example/@northwind"),
        (X, "@northwindé"),
        (X, "@northwind@other.example"),
        (X, "u/northwind"),
        (X, "@ northwind"),
        (BLUESKY, "@northwind.example.com"),
        (BLUESKY, "@my.northwind.example"),
        (BLUESKY, "@northwind.exampleé"),
        (MASTODON, "@northwind@other.example"),
        (MASTODON, "https://mastodon.example/@northwind"),
        (REDDIT, "u/northwind_fan"),
        (REDDIT, "r/northwind"),
        (REDDIT, "menu/northwind"),
        (REDDIT, "reddit.example/u/northwind"),
        (REDDIT, "@northwind"),
        (X, ""),
    ],
)
def test_not_tagged(platform: Platform, text: str) -> None:
    assert from_text(text, platform, HANDLES) is Eligibility.NONE


@given(st.sampled_from(Platform), st.text(max_size=200))
def test_without_handles_nobody_is_tagged(platform: Platform, text: str) -> None:
    assert from_text(text, platform, ()) is Eligibility.NONE


@given(st.sampled_from(Platform), st.text(alphabet="@u/a.é _-", max_size=60))
def test_every_handle_found_stands_in_the_text(platform: Platform, text: str) -> None:
    assert all(handle in text.casefold() for handle in handles_in(text, platform))
