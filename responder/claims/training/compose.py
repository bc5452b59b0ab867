"""Puts clauses together to drafts over a fact sheet, with what is true of every clause.

The same clause is supported under the sheet it was written for and not under another, nor when its fact is taken
away: nothing in a clause alone tells its state.
"""

import random
import re
from collections.abc import Sequence

from responder.claims.premise import fields_text
from responder.claims.training.draft import CONTRADICTED, NONE, SUPPORTED, UNSUPPORTED, Draft, Drawn
from responder.claims.training.pairs import Common, Heard, Line, Sheet, vary
from responder.claims.training.setting import RULES, Setting, altered, renamed, told, told_by
from responder.claims.training.whole import Whole, poorer, states

_STANDS_FOR = "service"  # for a part whose name in another language is not known
_JOINS = ((". ", 0.77), (".\n\n", 0.03), ("; ", 0.06), (", ", 0.06), (": ", 0.04), (" \u2013 ", 0.04))
_AND = {"en": " and ", "fr": " et ", "es": " y "}
_WEIGHTS = {"cause": 2.0, "eta": 1.5, "blame": 3.0, "admission": 3.0, "guarantee": 3.0, "security": 2.5, "jargon": 1.5}

WRITTEN = 0.4
"""Share of drafts that were written in one piece."""


class Composer:
    """Draws drafts without end from a seed."""

    def __init__(
        self,
        sheets: Sequence[Sheet],
        common: Sequence[Common],
        mentions: Sequence[Heard],
        seed: int,
        whole: Sequence[Whole] = (),
    ) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - seeded randomness, not security
        self._sheets, self._mentions, self._whole = list(sheets), list(mentions), list(whole)
        self._common: dict[tuple[str, str], list[Common]] = {}
        for line in common:
            group = line.state if line.state in {"none", "unsupported"} else "by"
            group = "flagged" if group == "none" and line.flags else group
            self._common.setdefault((group, line.language), []).append(line)
        self._by_kind: dict[tuple[str, str], list[tuple[Sheet, Line]]] = {}
        for sheet in sheets:
            for own in sheet.lines + list(told_by(sheet)):
                if own.sign == "=":
                    self._by_kind.setdefault((own.kind, own.language), []).append((sheet, own))

    def draw(self) -> Draft:
        """One draft: one written in one piece, or 3 to 16 clauses, of which two in five hold nothing to stop them."""
        if self._whole and self._chance.random() < WRITTEN:
            return self._in_one_piece(self._chance.choice(self._whole))
        setting = self._setting()
        clean = self._chance.random() < 0.4
        draft = Draft(premise=fields_text(setting.fields, setting.mention))
        for _ in range(self._chance.randint(3, 16)):
            if (drawn := self._clause(setting, clean=clean)) is not None:
                if self._chance.random() < 0.1 and (second := self._clause(setting, clean=clean)) is not None:
                    drawn = _both(drawn, second, setting.language)
                self._add(draft, *drawn)
        return draft if draft.spans else self.draw()

    def _in_one_piece(self, whole: Whole) -> Draft:
        """A written draft, now and then with other names or without a fact that it rested on."""
        names: dict[str, str] = {}
        fields = poorer(whole.sheet, self._chance)
        if self._chance.random() < 0.5:
            fields, names = renamed(whole.sheet, fields, self._chance)
        setting = Setting(whole.sheet, fields, names, None, whole.language)
        setting.mention = setting.renamed(whole.post.replace("{handle}", whole.sheet.name))
        draft = Draft(premise=fields_text(setting.fields, setting.mention))
        for line in whole.told(self._chance):
            draft.add(setting.renamed(line.text), states(line, setting), line.flags)
        return draft

    def _setting(self) -> Setting:
        chance = self._chance
        sheet = chance.choice(self._sheets)
        language = chance.choices(("en", "fr", "es"), (0.5, 0.25, 0.25))[0]
        if chance.random() < 0.3:
            language = sheet.fields.get("language", language)
        pool = [one for one in self._mentions if one.language == language or chance.random() < 0.1]
        heard = chance.choice(pool) if chance.random() < 0.85 else None
        fields, names = altered(sheet, chance)
        setting = Setting(sheet, fields, names, heard, language)
        setting.mention = self._filled(heard.text, setting) if heard else ""
        return setting

    def _clause(self, setting: Setting, *, clean: bool) -> Drawn | None:
        roll = self._chance.random()
        if clean or roll < 0.46:
            return self._fair(setting)
        if roll < 0.63:
            return self._of_common("unsupported", setting)
        if roll < 0.72:
            return self._flagged(setting)
        if roll < 0.86:
            return self._elsewhere(setting)
        if roll < 0.95:
            return self._own(setting, "!?")
        return self._ruled(setting, fair=False)

    def _fair(self, setting: Setting) -> Drawn | None:
        roll = self._chance.random()
        if roll < 0.45:
            return self._own(setting, "=")
        if roll < 0.68:
            return self._ruled(setting, fair=True)
        if roll < 0.76 and setting.heard:
            return self._echo(setting.heard, setting)
        return self._of_common("none", setting)

    def _own(self, setting: Setting, signs: str) -> Drawn | None:
        """A clause written for this sheet; its state depends on whether its fact still stands."""
        lines = [line for line in setting.sheet.lines if line.sign in signs and line.language == setting.language]
        if "=" in signs and self._chance.random() < 0.12:
            lines = list(told_by(setting.sheet))
        if signs == "=":
            lines = [line for line in lines if setting.knows(line.kind)]
        if not lines and self._chance.random() < 0.3:
            lines = [line for line in setting.sheet.lines if line.sign in signs and line.language == "en"]
        if not lines:
            return None
        line = self._chance.choice(lines)
        state = SUPPORTED
        if line.sign == "?":
            state = UNSUPPORTED if "tone" not in line.flags else NONE
        elif line.sign == "!":
            state = CONTRADICTED if setting.knows(line.kind) else UNSUPPORTED
            if line.kind != "scope" and not setting.knows("cause") and setting.knows("next_step"):
                state = UNSUPPORTED | CONTRADICTED
        text = setting.renamed(self._filled(line.text, setting))
        if line.sign == "=" and self._chance.random() < 0.06 and (wrong := self._miscounted(text)):
            return wrong, UNSUPPORTED | CONTRADICTED, frozenset()
        return text, state, line.flags

    def _miscounted(self, text: str) -> str | None:
        """The same clause with another figure in it."""
        figures = list(re.finditer(r"(?<![\d:.,])\d{1,5}(?![\d:.,]|\s?h\b)", text))
        if not figures:
            return None
        figure = self._chance.choice(figures)
        other = str(max(2, int(int(figure[0]) * self._chance.choice((0.4, 0.6, 1.5, 2, 3)))))
        return None if other == figure[0] else text[: figure.start()] + other + text[figure.end() :]

    def _elsewhere(self, setting: Setting) -> Drawn | None:
        """What another sheet supports, told here; or what this one supported before the fact was taken away."""
        chance = self._chance
        if chance.random() < 0.06:
            return self._unheard(setting)
        lost = [
            line
            for line in setting.sheet.lines
            if line.sign == "=" and line.language == setting.language and not setting.knows(line.kind)
            and not (line.kind in {"cause", "next_step"} and (setting.knows("cause") or setting.knows("next_step")))
        ]  # fmt: skip
        if lost and chance.random() < 0.5:
            return setting.renamed(self._filled(chance.choice(lost).text, setting)), UNSUPPORTED, frozenset()
        kind = chance.choices(("cause", "next_step", "workaround", "prevention", "compensation"), (4, 2, 2, 1, 2))[0]
        if kind == "compensation" and setting.knows(kind):
            return None
        other, line = chance.choice(self._by_kind[kind, setting.language])
        if other is setting.sheet:
            return None
        text = self._filled(line.text, setting)
        theirs, ours = other.listed("places"), setting.listed("places")
        for place in theirs:
            text = text.replace(place, chance.choice(ours)) if ours else text
        text = text.replace(other.fields["brand"], setting.fields["brand"])
        if setting.echoes(text):
            return None
        return text, (UNSUPPORTED | CONTRADICTED) if setting.knows(kind) else UNSUPPORTED, frozenset()

    def _unheard(self, setting: Setting) -> Drawn | None:
        """What another customer said, told to this one."""
        others = [one for one in self._mentions if one.claims and one.language == setting.language]
        other = self._chance.choice(others)
        if other is setting.heard:
            return None
        return self._filled(self._chance.choice(other.claims), setting), UNSUPPORTED, frozenset()

    def _of_common(self, state: str, setting: Setting) -> Drawn | None:
        lines = self._common[state, setting.language]
        line = self._chance.choices(lines, [_WEIGHTS.get(line.kind, 1.0) for line in lines])[0]
        text = self._filled(line.text, setting)
        if state == "none":
            return text, NONE, line.flags
        if not line.flags and setting.echoes(text):
            return None
        known = line.kind in {"cause", "compensation"} and setting.knows(line.kind)
        return text, (UNSUPPORTED | CONTRADICTED) if known else UNSUPPORTED, line.flags

    def _flagged(self, setting: Setting) -> Drawn | None:
        line = self._chance.choice(self._common["flagged", setting.language])
        return self._filled(line.text, setting), NONE | UNSUPPORTED, line.flags

    def _ruled(self, setting: Setting, *, fair: bool) -> Drawn | None:
        lines = self._common["by", setting.language]
        for line in self._chance.sample(lines, min(len(lines), 8)):
            if "{place}" in line.text and setting.fields["status"] == "monitoring":
                continue  # some places are back and some are not
            state = RULES[line.state](setting)
            if state is not None and (state in (SUPPORTED, NONE)) == fair:
                return self._filled(line.text, setting), state, line.flags
        return None

    def _echo(self, heard: Heard, setting: Setting) -> Drawn | None:
        same = [one for one in self._mentions if one.language == setting.language]
        if heard.claims and self._chance.random() < 0.5:
            return self._filled(self._chance.choice(heard.claims), setting), SUPPORTED, frozenset()
        text = self._chance.choice(heard.kind or self._chance.choice(same).kind or ["We hear you"])
        return self._filled(text, setting), NONE, frozenset()

    def _filled(self, text: str, setting: Setting) -> str:
        """A line with one of its choices taken and its gaps filled."""
        text, chance = vary(text, self._chance), self._chance
        places, parts = setting.listed("places"), setting.listed("parts")
        if setting.fields.get("language", "en") != setting.language and setting.language != "en":
            parts = [_STANDS_FOR]
        start, update = setting.fields.get("started", "08:00"), setting.fields.get("update", "")
        wrong = f"{chance.randint(6, 22):02d}:{chance.choice(('00', '10', '15', '20', '30', '40', '45', '50'))}"
        wrong = wrong if wrong not in {start, update} else "05:35"
        spoken = setting.language
        for gap, value in (
            ("{brand}", setting.fields["brand"]), ("{handle}", setting.sheet.name),
            ("{place}", chance.choice(places) if places else "town"),
            ("{part}", chance.choice(parts) if parts else _STANDS_FOR),
            ("{update}", told(update, spoken, chance)), ("{start}", told(start, spoken, chance)),
            ("{link}", f"https://{chance.choice(('status', 'help', 'live'))}.{setting.sheet.name}.example"),
            ("{phone}", f"{chance.choice(('0800', '1-877', '900'))}-555-0{chance.randint(100, 199)}"),
            ("{wrong}", told(wrong, spoken, chance)),
        ):  # fmt: skip
            text = text.replace(gap, value)
        return text

    def _add(self, draft: Draft, text: str, states: set[int], flags: frozenset[str]) -> None:
        """The clause at the end of the reply, joined in one of the ways people join clauses."""
        join = self._chance.choices([mark for mark, _ in _JOINS], [weight for _, weight in _JOINS])[0]
        if draft.reply.endswith((".", "!", "?")):
            join = "\n\n" if "\n" in join else " "
        if not draft.reply or join in {". ", " ", "\n\n", ".\n\n"}:
            text = text[0].upper() + text[1:]
        if self._chance.random() < 0.03:
            text = text.lower()
        if text[-1] not in ".!?" and self._chance.random() < 0.25:
            text += "."
        draft.add(text, states, flags, join=join)


def _both(one: Drawn, other: Drawn, language: str) -> Drawn:
    """Two clauses as one; what is wrong with either is wrong with both."""
    text = one[0].rstrip(".!?") + _AND[language]
    text += other[0] if other[0][:2] in {"I ", "I'"} else other[0][0].lower() + other[0][1:]
    bad = [states - NONE - SUPPORTED for states in (one[1], other[1]) if states - NONE - SUPPORTED]
    fair = SUPPORTED if SUPPORTED in (one[1], other[1]) else NONE
    return text, set().union(*bad) if bad else fair, one[2] | other[2]
