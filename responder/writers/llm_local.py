"""A chat model of the Hugging Face hub, or of a local directory, on this machine. Needs the extra [torch]."""

from dataclasses import dataclass
from typing import Any

from core.errors import ConfigError, Permanent, Transient
from core.sections import Writer as Settings
from responder.writers.llm import Completion
from responder.writers.llm_prompt import Prompt


@dataclass(frozen=True, slots=True)
class _Loaded:
    tokenizer: Any
    network: Any


class LocalEngine:
    """Generates with the most likely words, so that the same prompt gives the same draft. Loaded at the first one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: _Loaded | None = None

    def complete(self, prompt: Prompt, *, seconds: float) -> Completion:
        """One answer; generation stops at ``seconds``. Raises as the protocol says."""
        loaded = self._ready()
        import torch

        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        try:
            fed = loaded.tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
            )
        except (ValueError, TypeError) as error:
            raise ConfigError(f"writer.model: {self._settings.model} is no chat model ({_reason(error)})") from error
        length = fed["input_ids"].shape[-1]
        with torch.inference_mode():
            said = loaded.network.generate(
                **fed, max_new_tokens=self._settings.answer_tokens, max_time=seconds, do_sample=False
            )[0]
        if len(said) - length >= self._settings.answer_tokens:
            raise Permanent("its answer was cut short: raise writer.answer_tokens")
        return Completion(text=loaded.tokenizer.decode(said[length:], skip_special_tokens=True), tokens=len(said))

    def check(self) -> str:
        """Loads it. Raises as ``complete`` does."""
        self._ready()
        return f"{self._settings.model} at revision {self._settings.revision}"

    def _ready(self) -> _Loaded:
        if self._loaded is None:
            self._loaded = _fetch(self._settings.model, self._settings.revision)
        return self._loaded


def _fetch(model: str, revision: str) -> _Loaded:
    """Weights as safetensors only, and no code of the model's own. Raises ConfigError or Transient."""
    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise ConfigError(f"writer.model: {model} needs torch and transformers; pip install 'amends[torch]'") from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(model, revision=revision, trust_remote_code=False)
        network = AutoModelForCausalLM.from_pretrained(
            model, revision=revision, use_safetensors=True, trust_remote_code=False
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise Transient(f"writer.model: {model} at revision {revision} cannot be loaded ({_reason(error)})") from error
    return _Loaded(tokenizer, network.eval())


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
