"""Messages over a stream socket: four bytes of length, then that many bytes."""

import socket
import struct


def send(connection: socket.socket, message: bytes) -> None:
    """Send one message."""
    connection.sendall(struct.pack("!I", len(message)) + message)


def receive(connection: socket.socket) -> bytes | None:
    """The next message, or None where the other end has closed."""
    head = _exactly(connection, 4)
    return None if head is None else _exactly(connection, struct.unpack("!I", head)[0])


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        try:
            part = connection.recv(min(length - len(parts), 1 << 20))
        except ConnectionError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)
