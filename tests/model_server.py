"""A server that speaks the OpenAI protocol by a script: what it answers and how it fails"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOTHING = {"conditions": [], "positions": []}


def completion(content: object, ended: str = "stop") -> dict[str, Any]:
    "What a server sends back when the model wrote `content`"
    words = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": words}}
    return {"model": "scripted-1", "choices": [choice | {"finish_reason": ended}]}


class Server:
    "Acts by `acts`, one a call, and finds nothing once they are used up; keeps what it was sent"

    def __init__(self, *acts: dict[str, Any]):
        self.acts, self.came, self.address = list(acts), [], ""

    def act(self, handler: BaseHTTPRequestHandler) -> None:
        "Answer one call"
        self.came.append(handler.rfile.read(int(handler.headers.get("Content-Length", 0))))
        act = self.acts.pop(0) if self.acts else {}
        time.sleep(act.get("sleep", 0))
        data = act.get("data", json.dumps(act.get("body", completion(NOTHING))).encode())
        handler.send_response(act.get("status", 200))
        for name, value in act.get("headers", {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data) + act.get("lacks", 0)))
        handler.end_headers()
        handler.wfile.write(data)
        handler.close_connection = True


@contextmanager
def serving(*acts: dict[str, Any]) -> Iterator[Server]:
    "A scripted server on this machine"
    script = Server(*acts)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            script.act(self)

        def handle(self):
            try:
                super().handle()
            except OSError:  # whoever asked has gone
                pass

        do_GET = do_POST

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    script.address = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
