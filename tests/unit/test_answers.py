"""What one answer of Ytel's means."""

import contextlib
import json
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.problems import Problem, YtelInvalid, YtelProblem, YtelRateLimited, YtelRejected, YtelUnavailable
from supervision.ytel.answers import NotThere, TokenMayNot, TokenRefused, Unclear, envelope_of, read_answer

NOW = 1_709_849_242.0
NO = {"status": False, "count": 0, "page": 0, "error": [{"code": "404", "message": "Number not found"}]}


def read(document, status=200, retry_after=None):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_answer(status, body, retry_after, NOW)


def refused(document, status=200, retry_after=None):
    with pytest.raises(Problem) as problem:
        read(document, status, retry_after)
    return problem.value


def failing(code, message="No."):
    return {"status": False, "count": 0, "page": 0, "error": [{"code": code, "message": message}]}


@pytest.mark.parametrize("status", [200, 201, 202])
def test_an_envelope_that_says_yes_is_the_answer(status):
    yes = {"status": True, "count": 1, "page": 1, "payload": [{"confId": "1"}]}
    assert read(yes, status) == yes


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_success_without_a_body_says_yes(status):
    assert read(b"", status) == {"status": True}


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"{", b"7", b"null", b'"yes"', b"\xff\xfe", b" ", b"[" * 100_000, "[]".encode("utf-16")],
)
def test_a_success_that_is_neither_object_nor_array_is_invalid(body):
    assert type(refused(body)) is YtelInvalid


@pytest.mark.parametrize("document", [[], [{"clientId": "a"}], {"accessToken": "t"}, {"status": "active"}, {}])
def test_an_answer_without_the_envelope_says_yes_by_its_status(document):
    assert read(document) == document
    with pytest.raises(YtelInvalid):
        envelope_of(document)


def test_an_error_says_no_even_where_no_status_does():
    assert type(refused({"error": {"code": 404, "message": "None."}})) is NotThere


def test_what_is_no_utf8_is_replaced_as_a_browser_does_it():
    assert read(b'\xef\xbb\xbf[{"lastName": "P\xf6hl", "x": "\xe2\x82"}]') == [{"lastName": "P\ufffdhl", "x": "\ufffd"}]


# ---------------------------------------------------------------- "status": false


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("404", NotThere),
        (404, NotThere),
        ("401", TokenRefused),
        ("403", TokenMayNot),
        ("429", YtelRateLimited),
        ("503", YtelUnavailable),
        ("400", YtelRejected),
        ("422", YtelRejected),
        # It arrived and says no: nothing is unclear about that.
        ("500", YtelRejected),
        ("504", YtelRejected),
        ("E17", YtelRejected),
        ("", YtelRejected),
        (None, YtelRejected),
        (True, YtelRejected),
        ("²²²", YtelRejected),
        ("9" * 5000, YtelRejected),
        ([], YtelRejected),
    ],
)
def test_the_envelope_decides_under_200(code, kind):
    assert type(refused(failing(code))) is kind


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ([{"code": "400", "message": "No such phone", "moreInfo": None}], "No such phone"),
        ({"code": "400", "message": "No such phone", "moreInfo": ["x"]}, "No such phone"),
        ([{"code": "400", "message": "First"}, {"message": "Second"}], "First"),
        ([], "no reason given"),
        (None, "no reason given"),
        ("text", "no reason given"),
        (["text"], "no reason given"),
        ({"message": ["x"]}, "no reason given"),
        ({"message": "  "}, "no reason given"),
    ],
)
def test_its_own_message_is_passed_on(error, message):
    problem = refused({"status": False, "count": 0, "page": 0, "error": error})
    assert problem.detail == f"Ytel refused: {message}"
    assert problem.status == 502


def test_an_envelope_without_an_error_is_a_refusal():
    assert refused({"status": False}).code == "ytel_rejected"


def test_a_message_is_cut_and_shows_no_phone_number():
    problem = refused(failing("400", "The number +12125550142 " + "x" * 500))
    assert "2125550142" not in problem.detail
    assert "0142" in problem.detail
    assert len(problem.detail) < 250


# ---------------------------------------------------------------- the HTTP status


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, YtelRejected, "ytel_rejected"),
        (401, TokenRefused, "ytel_rejected"),
        (403, TokenMayNot, "ytel_rejected"),
        (404, NotThere, "ytel_rejected"),
        (422, YtelRejected, "ytel_rejected"),
        (429, YtelRateLimited, "ytel_rate_limited"),
        (500, Unclear, "ytel_unavailable"),
        (502, Unclear, "ytel_unavailable"),
        (503, YtelUnavailable, "ytel_unavailable"),
        (504, Unclear, "ytel_unavailable"),
        (301, YtelInvalid, "ytel_invalid"),
    ],
)
@pytest.mark.parametrize("document", [NO, {"status": True, "payload": []}, b"<html>", b""])
def test_a_status_that_is_no_success_is_a_failure_whatever_the_body_says(status, kind, code, document):
    problem = refused(document, status)
    assert (type(problem), problem.code) == (kind, code)


# ---------------------------------------------------------------- Retry-After


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        (formatdate(NOW + 30, usegmt=True), 30),
        (formatdate(NOW - 30, usegmt=True), 0),
        ("Mon, 01 Jan 0001 00:00:00 -0000", 0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("²", None),
        ("9" * 5000, None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2024 00:00:00 +999999", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503, 500])
def test_how_long_to_wait_is_read_from_a_number_or_a_date(status, header, seconds):
    assert refused(NO, status, header).retry_after == seconds


@given(st.integers(200, 599), st.binary(max_size=200), st.none() | st.text(max_size=20))
def test_whatever_comes_is_an_answer_or_a_problem_of_ytels(status, body, retry_after):
    with contextlib.suppress(YtelProblem):
        answer = read_answer(status, body, retry_after, NOW)
        assert isinstance(answer, list) or (answer.get("status") is not False and not answer.get("error"))
