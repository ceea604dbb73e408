"""A language model behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM and others."""

from __future__ import annotations

import http.client
import ipaddress
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from vnqa.errors import ModelError
from vnqa.generators import Turn
from vnqa.generators.thoughts import BEGIN, END, without_thoughts

_LINE_BYTES = 1 << 20  # longest line of a reply that is read
_REPLY_BYTES = 1 << 24  # longest reply sent in one piece that is read
_OWN = frozenset({"model", "messages", "max_tokens", "stream"})
_EXCERPT = 300  # characters of a server's error that are shown


class OpenAIGenerator:
    """A model on a server that speaks ``/chat/completions``. Nothing is sent until it is used.

    What is sent is the chat: the question, and the sentences of articles that may answer it.

    Args:
        model: The model's name on the server.
        base_url: E.g. ``"http://localhost:11434/v1"``. Proxies of the environment are used for
            other hosts than the local one. Redirects are not followed.
        api_key: Sent as a bearer token.
        timeout_seconds: The longest silence of the server: until it answers, then between two
            pieces of its answer.
        extra_body: Sent with every chat, e.g. what tells a model not to think first:
            ``{"chat_template_kwargs": {"enable_thinking": False}}`` (vLLM, llama.cpp),
            ``{"reasoning_effort": "none"}`` (Ollama).

    Raises:
        ValueError: If the address is not http(s) or holds a secret, the name is empty, the key is
            not ASCII, the time is not positive, or extra_body is no JSON object or names what is
            sent anyway.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str,
        api_key: str | None = None,
        timeout_seconds: float = 60,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"expected an address http://… or https://…, got {base_url!r}")
        if address.username or address.password or address.query or address.fragment:
            raise ValueError(
                "expected an address without user, password and query (they would be shown in "
                "errors); give a key as api_key"
            )
        if not base_url.isascii() or ".." in address.hostname:
            raise ValueError(f"expected an address in ASCII, got {base_url!r}")
        if not model:
            raise ValueError("expected the name of a model on the server, got ''")
        if timeout_seconds <= 0:
            raise ValueError(f"timeout_seconds must be positive, got {timeout_seconds}")
        self._model = model
        self._extra = _checked(extra_body or {})
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if api_key is not None:
            if not (api_key.isascii() and api_key.isprintable()):
                raise ValueError("api_key must be printable ASCII; it holds something else")
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._timeout = timeout_seconds
        self._is_local = _is_loopback(address.hostname)

    @property
    def name(self) -> str:
        """The model's name on the server."""
        return self._model

    def generate(
        self,
        turns: Sequence[Turn],
        *,
        max_tokens: int = 64,
        should_stop: Callable[[], bool] | None = None,
    ) -> str:
        """Continue a chat at temperature 0 and return the text of the next assistant turn.

        What a reasoning model thinks is left out.

        Args:
            turns: The chat; the last turn is the user's.
            max_tokens: The most tokens written, at least 1.
            should_stop: Asked after each piece of the reply; True ends the text there.

        Raises:
            ValueError: If there is no turn, or max_tokens is below 1.
            ModelError: If the server cannot be reached, is silent for too long, answers with an
                error status, with something that is not a completion, or with nothing but thoughts.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, got {max_tokens}")
        if not turns:
            raise ValueError("a chat needs at least one turn, got none")
        body = {
            "temperature": 0,
            **self._extra,
            "model": self._model,
            "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
            "max_tokens": max_tokens,
            "stream": True,
        }
        request = urllib.request.Request(
            self._url, json.dumps(body).encode(), self._headers, method="POST"
        )
        pieces = []
        try:
            with self._opener().open(request, timeout=self._timeout) as response:
                for piece in self._pieces(response):
                    pieces.append(piece)
                    if should_stop is not None and should_stop():
                        break
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error) from error
        except (TimeoutError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                reason = f"no answer within {self._timeout:g} seconds"
            raise ModelError(
                f"cannot reach {self._url}: {reason}; is the server running?"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise ModelError(f"the connection to {self._url} broke: {error!r}") from error
        return without_thoughts("".join(pieces), name=self.name, should_stop=should_stop)

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[Any] = [_RefuseRedirects()]
        if self._is_local:
            handlers.append(urllib.request.ProxyHandler({}))
        return urllib.request.build_opener(*handlers)

    def _refused(self, error: urllib.error.HTTPError) -> ModelError:
        try:
            text = error.read(4 * _EXCERPT).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as broken:
            text = f"(unreadable: {broken!r})"
        return ModelError(
            f"{self._url} answered {error.code} {error.reason} for the model {self._model!r}: "
            f"{text[:_EXCERPT]}"
        )

    def _pieces(self, response: http.client.HTTPResponse) -> Iterator[str]:
        """Yield the text of a reply as it comes: server-sent events, or one JSON document."""
        if response.headers.get_content_type() == "application/json":
            document = response.read(_REPLY_BYTES)
            yield self._text(self._parse(document), "message", document)
            return
        finished = False
        while line := response.readline(_LINE_BYTES):
            field, _, data = line.strip().partition(b":")
            data = data.strip()
            if line.startswith(b":"):  # a comment: the server has nothing to say yet
                yield ""
            if field != b"data":  # event names, blank lines between events
                continue
            if data == b"[DONE]":
                return
            event = self._parse(data)
            if event.get("choices"):  # none in the event that reports usage
                yield self._text(event, "delta", data)
                finished = finished or event["choices"][0].get("finish_reason") is not None
        if not finished:
            raise ModelError(f"the reply of {self._url} ended before it was complete")

    def _parse(self, data: bytes) -> dict[str, Any]:
        try:
            event = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._malformed(data) from error
        if not isinstance(event, dict):
            raise self._malformed(data)
        if event.get("error"):
            raise ModelError(f"{self._url} reports an error: {str(event['error'])[:_EXCERPT]}")
        return event

    def _text(self, event: dict[str, Any], part: str, data: bytes) -> str:
        """Return what an event holds of a reply; thoughts that stand apart in it, between tags."""
        try:
            said = event["choices"][0][part] or {}
            content = said.get("content") or ""
            thought = said.get("reasoning_content") or said.get("reasoning")  # llama.cpp, Ollama
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise self._malformed(data) from error
        if not isinstance(content, str):
            raise self._malformed(data)
        return f"{BEGIN}{thought}{END}{content}" if thought else content

    def _malformed(self, data: bytes) -> ModelError:
        shown = data[:_EXCERPT].decode("utf-8", "replace")
        return ModelError(f"expected a chat completion from {self._url}, got {shown!r}")


def _checked(extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of what is to be sent with every chat."""
    try:
        copy = dict(json.loads(json.dumps(dict(extra), allow_nan=False)))
    except (TypeError, ValueError) as error:
        raise ValueError(f"extra_body must be a JSON object, got {extra!r}: {error}") from error
    if taken := _OWN.intersection(copy):
        named = ", ".join(sorted(taken))
        raise ValueError(f"extra_body must not name {named}: that is sent anyway")
    return copy


class _RefuseRedirects(urllib.request.HTTPRedirectHandler):
    """Keeps question, articles and key from going where the user did not send them."""

    def redirect_request(self, *_args: Any) -> None:
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
