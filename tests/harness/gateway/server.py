"""The gateway on a port: a threaded HTTP/1.1 server with keep-alive."""

import contextlib
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

from tests.harness.gateway.core import LARGEST_BODY
from tests.harness.gateway.http import Request, Response, message

_BODILESS = (204, 304)


class Server(ThreadingTCPServer):
    """Answers what comes in on `listener`, a bound socket, with `answer`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, listener: socket.socket, answer: Callable[[Request], Response]) -> None:
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.answer = answer
        host, port = listener.getsockname()
        self.address: tuple[str, int] = (host, port)
        self._open: set[socket.socket] = set()
        self._opened = threading.Lock()
        self.server_activate()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more, and close every connection."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._opened:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def process_request(self, request, client_address) -> None:
        """Keep account of a connection that was opened."""
        with self._opened:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:
        """Keep account of a connection that was closed."""
        with self._opened:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address) -> None:
        """Leave a client that went away alone."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300

    def _answer(self) -> None:
        try:
            body = self._body()
        except ValueError:
            self.close_connection = True
            self._send(message(400, "Bad Request"))
            return
        if body is None:
            self.close_connection = True
            self._send(message(413, "Request Entity Too Large"))
            return
        request = Request(
            method=self.command,
            target=self.path if self.path.startswith("/") else f"/{self.path}",
            headers=tuple(self.headers.items()),
            body=body,
            protocol=self.request_version,
            source_ip=self.client_address[0],
        )
        self._send(self.server.answer(request))

    def __getattr__(self, name: str) -> Callable[[], None]:
        """What answers a request of any method, as http.server asks for it."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _body(self) -> bytes | None:
        """The body, or None where it is too large to be read. Raises ValueError where it is not HTTP."""
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = int(self.headers.get("content-length") or 0)
        if length < 0:
            raise ValueError
        return None if length > LARGEST_BODY else self.rfile.read(length)

    def _chunks(self) -> bytes | None:
        body = bytearray()
        while size := int(self.rfile.readline(100).split(b";")[0].strip(), 16):
            if size < 0:
                raise ValueError
            if len(body) + size > LARGEST_BODY:
                return None
            body += self.rfile.read(size)
            self.rfile.readline(3)
        while self.rfile.readline(65537).strip():
            pass
        return bytes(body)

    def _send(self, response: Response) -> None:
        reason = HTTPStatus(response.status).phrase if response.status in HTTPStatus else ""
        lines = [f"HTTP/1.1 {response.status} {reason}", f"date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        if response.status not in _BODILESS:
            lines.append(f"content-length: {len(response.body)}")
        if self.close_connection:
            lines.append("connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")
        self.wfile.write(head if self.command == "HEAD" else head + response.body)

    def log_message(self, *_: object) -> None:
        """Log nothing: the functions' own lines are what is read."""
