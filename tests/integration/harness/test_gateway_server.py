"""The gateway on a port."""

import http.client
import json
import socket
import threading
import time
from contextlib import closing
from statistics import median

import pytest
import requests

from tests.harness.gateway.http import Response
from tests.harness.gateway.server import Server
from tests.harness.system import listen


def connect(system):
    host, _, port = system.url.removeprefix("http://").partition(":")
    return http.client.HTTPConnection(host, int(port), timeout=10)


def test_a_request_goes_to_its_function_and_back(client):
    status, about = client.get("/echo/a%20b?x=1&x=2")
    assert status == 200
    assert about["event"]["pathParameters"] == {"id": "a b"}
    assert about["event"]["queryStringParameters"] == {"x": "1,2"}
    assert about["event"]["requestContext"]["authorizer"] == {"lambda": {"client": "sample"}}


def test_the_authorizer_stands_before_the_function(client):
    assert client.get("/echo", key=None) == (401, {"message": "Unauthorized"})
    assert client.get("/echo", key="bad") == (403, {"message": "Forbidden"})
    assert client.get("/open", key=None) == (200, b"open")
    assert client.get("/nowhere") == (404, {"message": "Not Found"})


def test_what_goes_wrong_in_a_function_is_500_and_no_more(client):
    for path in ("/echo?do=crash", "/echo?do=exit", "/echo?do=large", "/brief?do=sleep&seconds=30", "/broken"):
        assert client.get(path) == (500, {"message": "Internal Server Error"}), path


@pytest.mark.parametrize("method", ["TRACE", "QUERY", "NONSENSE"])
def test_a_method_that_no_route_has_finds_nothing(system, method):
    answer = requests.request(method, f"{system.url}/calls", timeout=10)
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_a_connection_serves_many_requests_and_waits_for_no_acknowledgement(system):
    """A delayed acknowledgement is 40 ms, ten times what a request on a new connection takes."""

    def ask(connection):
        begun = time.perf_counter()
        connection.request("GET", "/open")
        connection.getresponse().read()
        return time.perf_counter() - begun

    connection, kept, fresh = connect(system), [], []
    try:
        ask(connection)
        used = connection.sock
        for _ in range(30):
            kept.append(ask(connection))
            with closing(connect(system)) as new:
                fresh.append(ask(new))
        assert connection.sock is used
        assert median(kept) < 4 * median(fresh)
    finally:
        connection.close()


def test_a_chunked_body_and_one_that_waits_for_100_arrive_whole(system):
    connection = connect(system)
    try:
        connection.request("POST", "/echo/1", iter([b'{"a"', b": 1}"]), {"Authorization": "good"}, encode_chunked=True)
        assert json.loads(connection.getresponse().read())["event"]["body"] == '{"a": 1}'
        headers = {"Authorization": "good", "Expect": "100-continue"}
        connection.request("POST", "/echo/1", b"later", headers)
        assert json.loads(connection.getresponse().read())["event"]["body"] == "later"
    finally:
        connection.close()


def test_a_head_request_has_no_body_and_nonsense_is_refused(system):
    connection = connect(system)
    try:
        connection.request("HEAD", "/open")
        answer = connection.getresponse()
        assert (answer.status, answer.read(), answer.headers["content-length"]) == (200, b"", "4")
        connection.request("POST", "/open", headers={"Content-Length": "many"})
        assert connection.getresponse().status == 400
    finally:
        connection.close()


def test_fifty_clients_at_once_are_all_answered():
    lock, seen = threading.Barrier(50, timeout=10), []

    def answer(request):
        lock.wait()  # none is answered before all have come in
        return Response(200, (), request.path.encode())

    server = Server(listen(0), answer)
    server.start()
    try:

        def one(number):
            connection = http.client.HTTPConnection(*server.address, timeout=20)
            connection.request("GET", f"/{number}")
            seen.append(connection.getresponse().read())
            connection.close()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.stop()
    assert len(set(seen)) == 50


def test_it_listens_on_this_machine_alone_and_closes_what_is_open_when_it_stops():
    server = Server(listen(0), lambda _: Response(200, (), b"x"))
    server.start()
    assert server.address[0] == "127.0.0.1"
    connection = socket.create_connection(server.address, timeout=10)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    server.stop()
    assert connection.recv(1000) == b""
    connection.close()
