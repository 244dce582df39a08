"""HTTP/1.1 around the fake: connections that are kept open, and everything that can go wrong with one."""

import contextlib
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
from tests.harness.fake_ytel.envelope import Answer
from tests.harness.fake_ytel.exchange import Exchanges
from tests.harness.fake_ytel.requests_log import Request, parsed
from tests.harness.own_site import is_foreign

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    """The listening socket and the connections open on it."""

    request_queue_size = 512
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, exchanges: Exchanges) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.exchanges = exchanges
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
        if is_foreign(self.headers.items(), self.ours.server_port, programs_only=True):
            self._write(self._head(Answer(403, b""), 0))
            return
        exchange = self.ours.exchanges.take(request)
        stopping = self.ours.stopping
        stopping.wait(exchange.work_after)
        answer = exchange.work()
        stopping.wait(exchange.answer_after - exchange.work_after)
        match exchange.travel:
            case "whole":
                exchange.request.status = answer.status
                self._write(self._head(answer, len(answer.body)) + answer.body)
            case "cut short":
                self._write(self._head(answer, len(answer.body)) + answer.body[: len(answer.body) // 2])
                self.close_connection = True
            case "dripping":
                self._drip(answer, exchange.drip or faults.Drip())
            case "endless":
                self._endless()
            case "reset":
                self._reset()
            case "never":
                stopping.wait()
                self.close_connection = True
        self.close_connection |= stopping.is_set()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve

    def _read(self) -> Request:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        return Request(time.time(), self.command, unquote(url.path), query, parsed(raw), self.headers, raw)

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

    def _drip(self, answer: Answer, drip: faults.Drip) -> None:
        pieces = [answer.body[at : at + drip.size] for at in range(0, len(answer.body), drip.size)]
        for piece in [self._head(answer, len(answer.body)), *pieces]:
            if not self._write(piece) or self.ours.stopping.wait(drip.seconds):
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
