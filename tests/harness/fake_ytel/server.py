"""HTTP/1.1 around the fake: connections that are kept open, and everything that can go wrong with one."""

import contextlib
import json
import os
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.harness.fake_ytel import faults
from tests.harness.fake_ytel.app import App
from tests.harness.fake_ytel.envelope import Answer, ErrorStyle
from tests.harness.fake_ytel.requests_log import Request, RequestsLog

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class Server(ThreadingHTTPServer):
    """The listening socket and the connections open on it."""

    request_queue_size = 512
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, app: App, scripted: faults.Faults, requests: RequestsLog) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.app = app
        self.faults = scripted
        self.requests = requests
        self.stopping = threading.Event()
        self.connections: dict[socket.socket, threading.Thread] = {}

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.connections[request] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the fake's."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Close every connection, the ones that hang too, and wait for their threads."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection, thread in list(self.connections.items()):
            if thread is not threading.current_thread():  # a scripted act, whose own answer is still to be sent
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                thread.join(5)


class Connection(BaseHTTPRequestHandler):
    """One connection's requests, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def ours(self) -> Server:
        return cast(Server, self.server)

    def log_message(self, *_: Any) -> None:
        """Requests are in the log that tests read."""

    def _serve(self) -> None:
        request = self._read()
        by_hand = request.path.startswith("/_floor")
        if not by_hand:
            self.ours.requests.add(request)
        fault = None if by_hand else self.ours.faults.strike(self.command, request.path)
        if fault is None:
            self._send(request, self.ours.app.answer(request))
        elif isinstance(fault, faults.Run):
            self._send(request, self._run(fault, request))
        else:
            self._go_wrong(fault, request, self.ours.app.answer(request) if fault.processed else None)
        self.close_connection |= self.ours.stopping.is_set()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

    def _read(self) -> Request:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw.decode("utf-8", "replace")
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        return Request(time.time(), self.command, unquote(url.path), query, body, self.headers, raw)

    def _run(self, fault: faults.Run, request: Request) -> Answer:
        if not fault.processed:
            fault.act()
        answer = self.ours.app.answer(request)
        if fault.processed:
            fault.act()
        return answer

    def _send(self, request: Request, answer: Answer) -> None:
        request.status = answer.status
        self._write(self._head(answer, len(answer.body)) + answer.body)

    def _head(self, answer: Answer, length: int | None) -> bytes:
        lines = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        framing = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
        lines += [f"{name}: {value}" for name, value in (answer.headers | framing).items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _write(self, data: bytes) -> bool:
        """False once the client has gone."""
        try:
            self.wfile.write(data)
        except OSError:
            self.close_connection = True
            return False
        return True

    def _go_wrong(self, fault: faults.Fault, request: Request, answer: Answer | None) -> None:
        stopping = self.ours.stopping
        match fault:
            case faults.Status(status=status, retry_after=retry_after, message=message):
                headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
                self._send(request, ErrorStyle(shape=self.ours.app.errors.shape).answer(status, message, headers))
            case faults.EnvelopeFailure(code=code, message=message):
                style = ErrorStyle(under_200=True, shape=self.ours.app.errors.shape)
                self._send(request, style.answer(code, message))
            case faults.Body(body=body, status=status, content_type=content_type):
                self._send(request, Answer(status, body, {"Content-Type": content_type}))
            case faults.Html(status=status):
                self._send(request, Answer(status, HTML, {"Content-Type": "text/html"}))
            case faults.Json(document=document, status=status):
                self._send(request, Answer(status, json.dumps(document).encode()))
            case faults.Delay(seconds=seconds):
                stopping.wait(seconds)
                self._send(request, answer or self.ours.app.answer(request))
            case faults.Truncated():
                whole = cast(Answer, answer)
                self._write(self._head(whole, len(whole.body)) + whole.body[: len(whole.body) // 2])
                self.close_connection = True
            case faults.Drip(seconds=seconds, size=size):
                self._drip(cast(Answer, answer), seconds, size)
            case faults.Endless():
                self._endless()
            case faults.Reset():
                self._reset()
            case faults.Hang():
                stopping.wait()
                self.close_connection = True

    def _drip(self, answer: Answer, seconds: float, size: int) -> None:
        pieces = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
        for piece in [self._head(answer, len(answer.body)), *pieces]:
            if not self._write(piece) or self.ours.stopping.wait(seconds):
                self.close_connection = True
                return

    def _endless(self) -> None:
        piece = b'{"confId":"' + b"0" * 8_000 + b'"},'
        chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
        start = b'{"status":true,"count":1,"page":1,"payload":['
        data = self._head(Answer(200, b""), None) + f"{len(start):x}\r\n".encode() + start + b"\r\n"
        while self._write(data) and not self.ours.stopping.wait(0.001):
            data = chunk * 8
        self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        os.close(self.connection.detach())  # the file objects on the socket would keep a plain close waiting
        self.close_connection = True
