"""What a dial or a hang-up came to: done, not done, or nobody knows. Over real sockets, with all that can go wrong."""

import datetime
import http.server
import socket
import ssl
import threading

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError
from urllib3.exceptions import SSLError as UrllibSSLError

from supervision.base.problems import OutcomeUnknown, YtelRateLimited, YtelRejected, YtelUnavailable
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.faults import (
    Body,
    Delay,
    Drip,
    Endless,
    EnvelopeFailure,
    Hang,
    Html,
    Json,
    Reset,
    Status,
    Truncated,
)
from tests.integration.ytel_clients import Tokens, client

PHONE = "+12125550142"
ANY = "/participant"


@pytest.fixture(scope="module")
def _fake():
    with FakeYtel() as fake:
        yield fake


@pytest.fixture
def fake(_fake):
    _fake.faults.clear()
    _fake.requests.reset()
    _fake.floor.dials.clear()
    return _fake


@pytest.fixture
def call(fake):
    return fake.floor.add_call()


@pytest.fixture
def ytel(fake):
    return client(fake.api_url, timeout=0.5, tokens=Tokens(fake.token))


def dial(ytel, fake, call):
    agent = fake.floor.user_of(fake.floor.call(call))
    contact = fake.floor.member(call, "contact")
    ytel.bring_in(call, caller=agent.number, to=PHONE, mute=False, no_speak_to=[contact])


def test_a_dial_that_is_taken_rings(ytel, fake, call):
    dial(ytel, fake, call)
    assert [one.to for one in fake.floor.ringing(call)] == [PHONE]
    assert fake.complaints == []


@pytest.mark.parametrize("fault", [Body(b"", status=204), Body(b"", status=200), Json({"status": True}, status=201)])
def test_a_success_with_little_to_say_is_one(ytel, fake, call, fault):
    fake.faults.add("POST", ANY, fault)
    dial(ytel, fake, call)


NOT_DONE = [
    (Status(429, retry_after=7), YtelRateLimited, 7),
    (Status(503, retry_after=7), YtelUnavailable, 7),
    (Status(503), YtelUnavailable, None),
    (Status(400), YtelRejected, None),
    (Status(404), YtelRejected, None),
    (Status(403), YtelRejected, None),
    (EnvelopeFailure(422), YtelRejected, None),
    (EnvelopeFailure(500), YtelRejected, None),
    (EnvelopeFailure(429), YtelRateLimited, None),
]


@pytest.mark.parametrize(("fault", "kind", "wait"), NOT_DONE, ids=str)
def test_where_ytel_says_no_nothing_was_done_and_nothing_is_sent_again(ytel, fake, call, fault, kind, wait):
    fake.faults.add("POST", ANY, fault, times=None)
    with pytest.raises(kind) as problem:
        dial(ytel, fake, call)
    assert problem.value.retry_after == wait
    assert fake.requests.count("POST", ANY) == 1


UNKNOWN = [
    Status(500),
    Status(502),
    Status(504, retry_after=1),
    Status(500, processed=True),
    Html(),
    Html(502),
    Body(b"{"),
    Json([]),
    Json({"payload": []}),
    Body(b"", status=302),
    Reset(),
    Reset(processed=True),
    Truncated(),
    Hang(),
    Delay(2),
    Drip(0.05),
    Endless(),
]


@pytest.mark.parametrize("fault", UNKNOWN, ids=str)
def test_where_the_answer_does_not_say_the_outcome_is_unknown(ytel, fake, call, fault):
    fake.faults.add("POST", ANY, fault, times=None)
    with pytest.raises(OutcomeUnknown):
        dial(ytel, fake, call)
    assert fake.requests.count("POST", ANY) == 1


def test_where_nobody_listens_nothing_was_sent(ytel, fake, call):
    with fake.down(), pytest.raises(YtelUnavailable, match="nothing was sent"):
        dial(ytel, fake, call)


def test_where_connecting_takes_too_long_nothing_was_sent():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        with pytest.raises(YtelUnavailable, match="nothing was sent"):
            client(f"http://127.0.0.1:{address[1]}", timeout=0.3).disconnect("c1", "503")
        for one in waiting:
            one.close()


# ---------------------------------------------------------------- TLS


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A server that shows a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    ).sign(key, hashes.SHA256())
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    monkeypatch.setattr(server, "handle_error", lambda *_: None)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_a_stranger_in_ytels_place_was_sent_nothing(stranger):
    with pytest.raises(YtelUnavailable, match="nothing was sent"):
        client(stranger).disconnect("c1", "503")


def test_a_connection_that_breaks_inside_tls_may_have_carried_the_request(monkeypatch):
    broken = UrllibSSLError(ssl.SSLError(1, "bad record mac"))

    def fail(*_, **__):
        raise requests.exceptions.SSLError(MaxRetryError(HTTPConnectionPool("ytel"), "/", broken))

    monkeypatch.setattr(requests.Session, "request", fail)
    with pytest.raises(OutcomeUnknown):
        client().disconnect("c1", "503")


# ---------------------------------------------------------------- hanging up


def test_a_member_who_is_gone_is_told_from_one_who_was_disconnected(ytel, fake, call):
    contact = fake.floor.member(call, "contact")
    assert ytel.disconnect(call, contact) is True
    assert ytel.disconnect(call, contact) is False
    assert ytel.disconnect("no such call", contact) is False


@pytest.mark.parametrize("fault", [Status(500), Reset(processed=True), Truncated()], ids=str)
def test_a_hang_up_whose_answer_is_lost_is_unknown_and_not_sent_again(ytel, fake, call, fault):
    fake.faults.add("DELETE", ANY, fault)
    with pytest.raises(OutcomeUnknown):
        ytel.disconnect(call, fake.floor.member(call, "contact"))
    assert fake.requests.count("DELETE", ANY) == 1
