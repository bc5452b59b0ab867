"""A model on this machine: a tiny one, made here with random weights, which can only say nonsense."""

import importlib.util
from pathlib import Path

import pytest

from core.domain import Move
from core.errors import ConfigError, Permanent, Transient
from core.sections import Writer as Settings
from responder.writers.llm_local import LocalEngine
from responder.writers.llm_prompt import Prompt
from tests.classifier.tiny import save_tokenizer

PROMPT = Prompt(system="the internet", user="is down", moves=(Move.EXPLAIN,), offered={}, schema={})
TEMPLATE = "{% for message in messages %}{{ message['content'] }} {% endfor %}"
INSTALLED = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
needs_torch = pytest.mark.skipif(not INSTALLED, reason="the extra [torch] is not installed")


def made(folder: Path, *, template: str | None = TEMPLATE) -> Settings:
    """A one-layer Llama over a handful of words."""
    import torch
    import transformers

    torch.manual_seed(1)
    size = save_tokenizer(folder, ["the", "internet", "is", "down"])
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]", unk_token="[UNK]"
    )
    fast.chat_template = template
    fast.save_pretrained(folder)
    config = transformers.LlamaConfig(
        vocab_size=size, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return Settings(kind="local", model=str(folder), answer_tokens=50)


@needs_torch
def test_it_answers_the_same_to_the_same_or_is_cut_short(tmp_path: Path) -> None:
    engine = LocalEngine(made(tmp_path))
    assert engine.check().startswith(str(tmp_path))
    said = []
    for _ in range(2):
        try:
            completion = engine.complete(PROMPT, seconds=30)
            said.append(completion.text)
            assert completion.tokens
        except Permanent as error:
            said.append(str(error))
    assert said[0] == said[1]


@needs_torch
def test_a_model_that_is_not_there_and_one_without_a_chat_form(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="cannot be loaded"):
        LocalEngine(Settings(kind="local", model=str(tmp_path / "none"))).check()
    with pytest.raises(ConfigError, match="is no chat model"):
        LocalEngine(made(tmp_path, template=None)).complete(PROMPT, seconds=5)


@pytest.mark.skipif(INSTALLED, reason="only without the extra [torch]")
def test_without_the_extra_it_says_what_to_install() -> None:
    engine = LocalEngine(Settings(kind="local", model="somebody/model"))
    for ask in (engine.check, lambda: engine.complete(PROMPT, seconds=5)):
        with pytest.raises(ConfigError, match=r"pip install 'amends\[torch\]'"):
            ask()
