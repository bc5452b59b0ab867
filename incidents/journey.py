"""Where a customer stands in a crisis, and what the journey map asks of a reply to them.

The map follows the crisis journey of service marketing: a customer goes from surprise through irritation, anger or
anxiety to resignation, and after the failure to relief or an aftermath that is still open.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.domain import Emotion, FactSheet, Impact, IncidentStatus, Intent, Move, Plan, Reading, Sentiment, Stage
from core.errors import ConfigError

MAP_FILE = Path(__file__).with_name("journey.toml")
_KEYS = {"moves", "least_important", "tone", "actions", "owner"}
_OVER = {IncidentStatus.RESOLVED, IncidentStatus.CLOSED}
_CONFIRMED = _OVER | {IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING}
_NO_WAY_BACK = {Stage.IRRITATION, Stage.ANGER, Stage.ANXIETY, Stage.RESIGNATION}
_MANY_CONTACTS = 3  # from here on a customer who is still cool has stopped expecting much


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyMap:
    """The read map: a plan for each of the 7 stages × 8 personas, and the words of repeated and worn-out contact."""

    cells: Mapping[tuple[Stage, Impact], Plan]
    repeat: re.Pattern[str]
    worn: re.Pattern[str]

    def plan(self, stage: Stage, persona: Impact, sheet: FactSheet) -> Plan:
        """The cell's plan as far as the sheet allows: without a confirmed failure there is nothing to own or repair."""
        cell = self.cells[stage, persona]
        if sheet.status in _CONFIRMED:
            return cell
        beginning = tuple(move for move in cell.moves if move in {Move.THANK, Move.ACKNOWLEDGE, Move.EXPLAIN})
        spare = tuple(move for move in cell.least_important if move in beginning)
        moves = (*beginning, *(move for move in (Move.EXPLAIN, Move.INVITE) if move not in beginning))
        return replace(cell, moves=moves, least_important=spare)

    def place(
        self,
        reading: Reading,
        *,
        text: str,
        history: Sequence[Reading],
        sheet_status: IncidentStatus | None,
        previous_stage: Stage | None,
    ) -> Stage:
        """The stage of a customer now.

        ``history`` are the readings of this customer's earlier posts in the case, oldest first; repeated contact
        raises the stage, and nobody who was angry or worried is surprised again.
        """
        if _pleased(reading):
            return Stage.RELIEF
        if sheet_status in _OVER:
            return Stage.AFTERMATH
        contacts = len(history) + bool(self.repeat.search(text))
        stage = _feeling(reading, worn=bool(self.worn.search(text)))
        return _held(_raised(stage, contacts), previous_stage)


def _pleased(reading: Reading) -> bool:
    glad = reading.emotion is Emotion.JOY or Intent.PRAISE in reading.intents
    return reading.sentiment is Sentiment.POSITIVE and glad and not reading.angry


def _feeling(reading: Reading, *, worn: bool) -> Stage:
    """What the post alone shows. Somebody in danger is anxious before anything else."""
    if reading.emotion is Emotion.ANGER:
        return Stage.ANGER
    if reading.emotion is Emotion.ANXIETY or reading.impact is Impact.SAFETY:
        return Stage.ANXIETY
    if reading.emotion is Emotion.SADNESS or worn:
        return Stage.RESIGNATION
    if reading.angry or reading.emotion is Emotion.ANNOYANCE or Intent.CHURN_THREAT in reading.intents:
        return Stage.IRRITATION
    if reading.sentiment is Sentiment.NEGATIVE and Intent.COMPLAINT in reading.intents:
        return Stage.IRRITATION
    return Stage.SURPRISE


def _raised(stage: Stage, contacts: int) -> Stage:
    """Having to come back turns surprise into irritation, irritation into anger, and in the end into resignation."""
    if stage is Stage.SURPRISE and contacts:
        return Stage.IRRITATION
    if stage is Stage.IRRITATION and contacts >= _MANY_CONTACTS:
        return Stage.RESIGNATION
    if stage is Stage.IRRITATION and contacts > 1:
        return Stage.ANGER
    return stage


def _held(stage: Stage, previous: Stage | None) -> Stage:
    if stage is Stage.SURPRISE and previous in _NO_WAY_BACK:
        return Stage.ANXIETY if previous is Stage.ANXIETY else Stage.IRRITATION
    return stage


def load(path: Path = MAP_FILE, *, over: Path | None = None) -> JourneyMap:
    """The journey map of a file. ``over`` is a brand's own file: what it says of a stage or a cell replaces that of
    the first, the rest stays. Raises ConfigError naming the file and the cell.
    """
    data = _tables(path)
    if over is not None:
        data, path = _laid_over(data, _tables(over)), over
    cells = {(stage, persona): _cell(path.name, data, stage, persona) for stage in Stage for persona in Impact}
    return JourneyMap(cells=cells, repeat=_words(path.name, data, "phrases"), worn=_words(path.name, data, "worn"))


def of_brand(file: str) -> JourneyMap:
    """The shipped map, with a brand's own file laid over it; "" is none. Raises ConfigError."""
    return load(over=Path(file) if file else None)


def _tables(path: Path) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path.name}: {error}") from error
    known = {stage.value for stage in Stage} | {"repeat"}
    if unknown := data.keys() - known:
        raise ConfigError(f"{path.name}: [{min(unknown)}]: no such stage; the stages are {', '.join(Stage)}")
    if flat := [name for name, table in data.items() if not isinstance(table, dict)]:
        raise ConfigError(f"{path.name}: {flat[0]}: a section is expected: write [{flat[0]}] on a line of its own")
    return data


def _laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Stage by stage and key by key. A stage with moves of its own speaks for all its personas but those it names."""
    merged = dict(base)
    for name, table in own.items():
        kept = dict(base.get(name, {}))
        if "moves" in table:
            kept = {key: value for key, value in kept.items() if key not in {*map(str, Impact), "least_important"}}
        merged[name] = kept | table
    return merged


def _words(name: str, data: Mapping[str, Any], key: str) -> re.Pattern[str]:
    phrases = data.get("repeat", {}).get(key)
    if not isinstance(phrases, list) or not phrases or not all(isinstance(phrase, str) for phrase in phrases):
        raise ConfigError(f"{name}: [repeat] {key}: a list of phrases is missing here")
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)


def _cell(name: str, data: Mapping[str, Any], stage: Stage, persona: Impact) -> Plan:
    table = data.get(stage.value)
    if not isinstance(table, dict):
        raise ConfigError(f"{name}: [{stage}]: this stage is missing")
    if unknown := table.keys() - _KEYS - {each.value for each in Impact}:
        raise ConfigError(f"{name}: [{stage}] {min(unknown)}: neither a persona nor one of {', '.join(sorted(_KEYS))}")
    place = f"{name}: [{stage}.{persona}]"
    special = table.get(persona.value, {})
    if not isinstance(special, dict) or special.keys() - _KEYS:
        raise ConfigError(f"{place}: a table with {', '.join(sorted(_KEYS))} is expected")
    base = _moves(f"{name}: [{stage}] moves", table.get("moves"))
    moves = _changed(f"{place} moves", special.get("moves"), base)
    common = _spare(f"{name}: [{stage}] least_important", table.get("least_important", []), base)
    spare = tuple(move for move in common if move in moves)
    if "least_important" in special:
        spare = _spare(f"{place} least_important", special["least_important"], moves)
    tone = special.get("tone", table.get("tone", ""))
    if not isinstance(tone, str) or not moves:
        raise ConfigError(f"{place}: {'tone must be a text' if moves else 'no move is left'}")
    owner, actions = special.get("owner", table.get("owner", "")), special.get("actions", table.get("actions", []))
    if not isinstance(owner, str) or not isinstance(actions, list) or not all(isinstance(one, str) for one in actions):
        raise ConfigError(f"{place}: owner must be a text and actions a list of texts")
    return Plan(
        stage=stage,
        persona=persona,
        moves=moves,
        least_important=spare,
        tone=tone,
        actions=tuple(actions),
        owner=owner,
    )


def _spare(place: str, value: Any, moves: tuple[Move, ...]) -> tuple[Move, ...]:
    spare = _moves(place, value)
    if strange := [move for move in spare if move not in moves]:
        raise ConfigError(f"{place}: {strange[0]} is not among the moves")
    return spare


def _moves(place: str, value: Any) -> tuple[Move, ...]:
    if not isinstance(value, list):
        raise ConfigError(f"{place}: a list of moves is expected")
    try:
        moves = tuple(Move(each) for each in value)
    except ValueError as error:
        raise ConfigError(f"{place}: {error}; the moves are {', '.join(Move)}") from error
    if len(set(moves)) != len(moves):
        raise ConfigError(f"{place}: a move stands here twice")
    return moves


def _changed(place: str, value: Any, base: tuple[Move, ...]) -> tuple[Move, ...]:
    """A persona's own list, or the stage's list with "+move" added at the end and "-move" taken out."""
    if value is None:
        return base
    signed = isinstance(value, list) and bool(value) and all(str(each)[:1] in {"+", "-"} for each in value)
    if not signed:
        return _moves(place, value)
    added = _moves(place, [each[1:] for each in value if each[0] == "+"])
    removed = _moves(place, [each[1:] for each in value if each[0] == "-"])
    kept = tuple(move for move in base if move not in removed)
    if set(added) & set(kept) or set(removed) - set(base):
        raise ConfigError(f"{place}: a move to add is already there, or one to take out is not")
    return kept + added
