"""Streams words as a language model streams tokens, on FastAPI, sse-starlette and uvicorn: chunks
of a chat completion as an event stream, events of a response over WebSocket."""

import asyncio
import json
import math
import os
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse

# The same 64 words in the same order as in the other stacks.
WORDS = """
  water river stone light wind forest cloud morning
  evening winter summer garden bridge window letter music
  silver golden quiet slow early small bright deep
  runs falls turns waits opens carries follows remembers
  and then under over between beside until without
  the a its every one another some this
  café naïve über señor Ærø Łódź Ελλάδα река 水 川 光 風 🌊 🌲 ten end
""".split()

MASK = 0xFFFF_FFFF

app = FastAPI()


class Order(BaseModel):
    n: int = Field(150, ge=1, le=100_000)
    rate: float = Field(50, ge=0.1, le=10_000)
    seed: int = Field(1, ge=1, le=MASK)


Ordered = Annotated[Order, Query()]


class ChatRequest(BaseModel):
    stream: Literal[True]


async def paced_tokens(order: Order) -> AsyncIterator[tuple[int, str]]:
    """Each is due at start + index / rate, so that a late one delays no other."""
    start = time.monotonic()
    # xorshift32 (Marsaglia 2003); 0 would stay 0.
    state = order.seed
    for index in range(order.n):
        left = start + index / order.rate - time.monotonic()
        if left > 0:
            # Timers of uvloop count whole milliseconds: rounded down, a token would be early.
            await asyncio.sleep(math.ceil(left * 1000) / 1000)
        state ^= state << 13 & MASK
        state ^= state >> 17
        state ^= state << 5 & MASK
        word = WORDS[state % 64]
        yield state % 64, word if index == 0 else f" {word}"


def render(event: dict[str, Any]) -> str:
    """The same bytes as in the other stacks: no spaces, and UTF-8 instead of escapes."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


async def chat_events(order: Order) -> AsyncIterator[str]:
    # A constant time of creation keeps the bytes the same in all stacks and runs.
    head = {
        "id": f"chatcmpl-{order.seed}",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "words",
    }

    def choice(delta: dict[str, str], reason: str | None = None, **more: Any) -> str:
        one = {"index": 0, "delta": delta, "finish_reason": reason, **more}
        return render({**head, "choices": [one]})

    yield choice({"role": "assistant", "content": ""})
    async for token_id, text in paced_tokens(order):
        yield choice({"content": text}, token_ids=[token_id])
    yield choice({}, "stop")
    usage = {"prompt_tokens": 0, "completion_tokens": order.n, "total_tokens": order.n}
    yield render({**head, "choices": [], "usage": usage})
    yield "[DONE]"


async def response_events(order: Order) -> AsyncIterator[str]:
    number = 0

    def event(kind: str, **more: Any) -> str:
        nonlocal number
        text = render({"type": kind, "sequence_number": number, **more})
        number += 1
        return text

    response = {"id": f"resp_{order.seed}", "object": "response", "model": "words"}
    part = {"item_id": f"msg_{order.seed}", "output_index": 0, "content_index": 0}
    yield event("response.created", response={**response, "status": "in_progress"})
    texts: list[str] = []
    async for _, text in paced_tokens(order):
        texts.append(text)
        yield event("response.output_text.delta", **part, delta=text)
    yield event("response.output_text.done", **part, text="".join(texts))
    usage = {"input_tokens": 0, "output_tokens": order.n, "total_tokens": order.n}
    yield event("response.completed", response={**response, "status": "completed", "usage": usage})


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/v1/chat/completions")
async def chat(body: ChatRequest, order: Ordered) -> EventSourceResponse:
    return EventSourceResponse(chat_events(order))


@app.websocket("/v1/responses")
async def responses(socket: WebSocket, order: Ordered) -> None:
    await socket.accept()
    try:
        while True:
            if is_order(await socket.receive_text()):
                async for event in response_events(order):
                    await socket.send_text(event)
            else:
                message = "expected a message of type response.create"
                error = {"code": "invalid_request_error", "message": message}
                await socket.send_text(render({"type": "error", "status": 400, "error": error}))
    except WebSocketDisconnect:
        return


def is_order(message: str) -> bool:
    try:
        request = json.loads(message)
    except ValueError:
        return False
    return isinstance(request, dict) and request.get("type") == "response.create"


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ.get("PORT", "8080")),
        log_level="warning",
        access_log=False,
        # Without it, uvicorn waits for streams that are open for as long as they last.
        timeout_graceful_shutdown=1,
    )
