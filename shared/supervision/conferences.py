"""What the product reads of Ytel's conferences. Pure.

A floor has thousands of them: the fields that the rules ask for are read, the rest stays JSON.
"""

from typing import Any

from msgspec import MsgspecError, Raw, Struct
from msgspec.json import Decoder

from supervision.fast_json import dumps, loads


class Conference(Struct, gc=False):
    """One conference, by Ytel's names: each field of whatever shape Ytel gave it, None where it is missing.

    `document` is the whole of it as JSON.
    """

    confId: Any = None
    status: Any = None
    createdTime: Any = None
    details: Any = None
    memberData: Any = None
    document: Any = None  # set on every one, whatever Ytel may have under this name

    def line(self) -> bytes:
        """The document as one line."""
        document = bytes(self.document)
        return dumps(loads(document)) if b"\n" in document else document


class _Envelope(Struct):
    status: Any = None
    count: Any = None
    error: Any = None
    payload: list[Raw] | None = None


_OBJECT = ord("{")
_FIELDS = ("confId", "status", "createdTime", "details", "memberData")
_read_envelope, _read_conference = Decoder(_Envelope).decode, Decoder(Conference).decode


def loads_list(answer: bytes) -> Any:
    """An answer of Ytel's as `loads` gives it, but that each object of its payload is a Conference.

    Raises ValueError, and nothing else, where it is no JSON.
    """
    try:
        answer.decode()  # not looked at where a text is passed over
        envelope = _read_envelope(answer)
        payload = None if envelope.payload is None else [_of_document(one) for one in envelope.payload]
    except (ValueError, MsgspecError, RecursionError):
        return _with_conferences(loads(answer))
    return {"status": envelope.status, "count": envelope.count, "error": envelope.error, "payload": payload}


def of_plain(value: Any) -> Any:
    """The Conference of an object as `loads` gives it; what is no object stays as it is."""
    if not isinstance(value, dict):
        return value
    return Conference(**{name: value.get(name) for name in _FIELDS}, document=dumps(value))


def _of_document(document: Raw) -> Conference | None:
    if memoryview(document)[0] != _OBJECT:
        return None
    conference = _read_conference(document)
    conference.document = document
    return conference


def _with_conferences(envelope: Any) -> Any:
    if isinstance(envelope, dict) and isinstance(payload := envelope.get("payload"), list):
        return {**envelope, "payload": [of_plain(entry) for entry in payload]}
    return envelope
