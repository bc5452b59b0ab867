"""How likely a post is an advertisement or a bot's: it then comes later in the queue, and is never hidden.

Signs in the text (offers, links, hashtags without end, a price), in the author's name, and the same words under other
names are added up as log-odds. Who tells of an outage, asks for help or speaks of danger is a customer first: for them
the likelihood stays under the flag.
"""

import math
import re
from collections.abc import Iterable

from core.domain import Impact, Intent, Reading

FLAG = 0.5
"""From this likelihood on a mention is flagged."""

_CUSTOMER = 0.45
"""The most for somebody who may be a customer in need."""

_LOOK_AT = 4000
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<!\w)#\w+")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_STRONG = re.compile(
    r"\b(?:giveaway|airdrop|crypto(?:currency)?|bitcoin|btc|eth|nft|forex|usdt|casino|onlyfans|"
    r"(?:follow|retweet|rt|like) (?:and|&|\+) (?:rt|retweet|follow|like|win)|click (?:the )?(?:link|here)|link in bio|"
    r"whats?app (?:me|us|on|now|:|\+)|dm (?:me |us )?(?:for|to)|promo code|use (?:my )?code|earn (?:\$|money|cash)|"
    r"(?:work|earn) from home|100% (?:free|legit)|limited (?:time )?offer|(?:buy|order|shop|call|apply) now|"
    r"sign ?up (?:now|today)|free trial|black friday|cyber monday|best (?:deals?|price)|(?:deals?|sales?) shared by|"
    r"hiring|job alert|vacancy|cash ?app|sponsored|#ad|#promo|sorteo|gana(?:r)? dinero|concours|cliquez|"
    r"offre sp[eé]ciale|code promo)(?!\w)",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\b(?:deals?|discount|coupon|promo|cheap(?:est)?|sale|offers?|subscribe|available (?:now|at|for)|starting at|"
    r"only \$|for sale|visit (?:us|our)|our (?:website|store|team|services|experts)|contact us|book (?:now|a)|"
    r"save (?:up|\$)|download (?:now|our)|join (?:us|now)|win (?:a|an|free)|free (?:gift|shipping|quote)|packages?|"
    r"bundles?|in stock|affordable|rebaja|oferta|descuento|promotion|soldes|remise)\b|"
    r"\d+ ?% off|[$£€₦]\s?\d+(?:[.,]\d+)?(?:/mo|\b)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)\+?\d[\d\s().-]{8,}\d(?!\d)")
_BOT_NAME = re.compile(r"(?:bot|news|deals|jobs|promo|alerts)\d*$|\d{6,}$", re.IGNORECASE)
_OWN = re.compile(r"\b(?:my|i|i'm|i've|me|mine|mon|ma|je|j'ai|mi|yo|estoy|tengo)\b", re.IGNORECASE)
_NEEDS = frozenset({Intent.OUTAGE_REPORT, Intent.STATUS_QUESTION, Intent.SUPPORT_REQUEST, Intent.COMPENSATION_REQUEST,
                    Intent.CHURN_THREAT})  # fmt: skip


def spam_score(
    text: str, reading: Reading, *, author: str = "", followers: int | None = None, copies: int = 0
) -> float:
    """The likelihood, 0..1. ``copies``: other authors with nearly the same words. Any text; linear time."""
    text = text[:_LOOK_AT].replace("’", "'")
    odds = -3.6 + _offers(text) + _stuffing(text) + _author(author, followers) + 1.2 * min(copies, 3)
    own = bool(_OWN.search(text))
    odds += -1.0 if own else 1.1 * (reading.intents == (Intent.OTHER,) and bool(_LINK.search(text)))
    score = 1 / (1 + math.exp(-odds))
    return round(min(score, _CUSTOMER) if _in_need(reading, text) else score, 4)


def _offers(text: str) -> float:
    """What somebody sells or promises."""
    strong, weak = len(set(map(str.lower, _STRONG.findall(text)))), len(set(map(str.lower, _WEAK.findall(text))))
    links = len(_LINK.findall(text))
    number = 0.8 * bool(_PHONE.search(_LINK.sub(" ", text)))
    return 1.9 * min(strong, 3) + 0.9 * min(weak, 3) + 0.7 * min(links, 2) + number


def _stuffing(text: str) -> float:
    """Hashtags and handles beyond what anybody needs."""
    tags, handles = len(_HASHTAG.findall(text)), len(_HANDLE.findall(text))
    return 0.8 * max(0, min(tags, 7) - 2) + 0.4 * max(0, min(handles, 8) - 4)


def _author(author: str, followers: int | None) -> float:
    return 0.8 * bool(_BOT_NAME.search(author)) + 0.3 * (followers is not None and followers < 3)


def _in_need(reading: Reading, text: str) -> bool:
    """Whether this may be a customer: danger always; an outage or a wish when no strong sign of an offer is there."""
    if reading.impact is Impact.SAFETY:
        return True
    needs = reading.outage or reading.angry or bool(_NEEDS & set(reading.intents))
    return needs and len(_STRONG.findall(text)) < 2


_NOISE = re.compile(r"(?:https?://|www\.)\S+|(?<!\w)[@#]\w+|\brt\b|[\W\d_]+", re.IGNORECASE)
_RUN = 3  # words in a row
_FEWEST = 8  # words: shorter posts are alike by chance
_ALIKE = 0.7  # Jaccard index


class Crowd:
    """Recent posts by their runs of three words, to find the same words under several names."""

    def __init__(self, recent: Iterable[tuple[str, str]] = ()) -> None:
        self._posts: list[tuple[str, frozenset[str]]] = []
        self._having: dict[str, list[int]] = {}
        for author, text in recent:
            self.add(author, text)

    def add(self, author: str, text: str) -> None:
        """Remembers a post."""
        runs = _runs(text)
        if not runs:
            return
        for run in runs:
            self._having.setdefault(run, []).append(len(self._posts))
        self._posts.append((author, runs))

    def copies(self, author: str, text: str) -> int:
        """How many other authors wrote nearly the same; 0 for a short post."""
        runs = _runs(text)
        shared: dict[int, int] = {}
        for run in runs:
            for place in self._having.get(run, ()):
                shared[place] = shared.get(place, 0) + 1
        found = set()
        for place, common in shared.items():
            other, theirs = self._posts[place]
            if other != author and common >= _ALIKE * (len(runs) + len(theirs) - common):
                found.add(other)
        return len(found)


def _runs(text: str) -> frozenset[str]:
    words = _NOISE.sub(" ", text[:_LOOK_AT].lower()).split()
    if len(words) < _FEWEST:
        return frozenset()
    return frozenset(" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1))
