"""Reading lists over real sockets: what drips, hangs and never ends is given up in time; pages in every bad shape."""

import pytest

from supervision.base.problems import YtelInvalid, YtelUnavailable
from supervision.rules.absence import Absence
from supervision.ytel import transport
from tests.harness.fake_ytel import FakeYtel
from tests.harness.fake_ytel.faults import Drip, Endless, Hang, Html, Reset, Run, Status, Truncated
from tests.integration.ytel_clients import Tokens, client

LIST = "/conference$"


@pytest.fixture(scope="module")
def _fake():
    with FakeYtel() as fake:
        fake.fill(calls=250, users=30)
        yield fake


@pytest.fixture
def fake(_fake):
    _fake.faults.clear()
    _fake.requests.reset()
    vars(_fake.conferences).update(vars(type(_fake.conferences)()))
    return _fake


@pytest.fixture
def ytel(fake, monkeypatch):
    monkeypatch.setattr(transport, "READ_GRACE_SECONDS", 0.5)
    return client(fake.api_url, fake.users_url, timeout=0.5, tokens=Tokens(fake.token))


def ids(read):
    return [one.confId for one in read.conferences]


def test_everything_is_read_over_few_connections(ytel, fake):
    for _ in range(3):
        assert len(ids(ytel.conferences())) == 250
    assert fake.requests.count("GET", LIST) == 9
    assert fake.connections <= 3
    assert len(ytel.users().rows) == 30
    assert fake.complaints == []


@pytest.mark.parametrize("fault", [Reset(), Truncated(), Status(500), Status(503, retry_after=0)], ids=str)
def test_what_passes_is_got_over(ytel, fake, fault):
    fake.faults.add("GET", LIST, fault, times=2)
    assert len(ids(ytel.conferences())) == 250


@pytest.mark.parametrize("fault", [Hang(), Drip(0.02), Reset(), Truncated()], ids=str)
def test_what_does_not_pass_is_given_up(ytel, fake, fault):
    fake.faults.add("GET", LIST, fault, times=None)
    with pytest.raises(YtelUnavailable):
        ytel.conferences()


def test_an_answer_without_end_is_given_up_by_time_or_by_size(ytel, fake, monkeypatch):
    fake.faults.add("GET", LIST, Endless(), times=None)
    with pytest.raises(YtelUnavailable):
        ytel.conferences()
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 200_000)
    with pytest.raises(YtelInvalid, match="no end"):
        ytel.conferences()


def test_a_web_page_is_no_list(ytel, fake):
    fake.faults.add("GET", LIST, Html())
    with pytest.raises(YtelInvalid):
        ytel.conferences()


@pytest.mark.parametrize("size", [7, 100, 249, 250, 1000])
def test_any_page_size_will_do(ytel, fake, size):
    fake.conferences.size = size
    read = ytel.conferences()
    assert len(ids(read)) == 250
    assert read.absence is (Absence.PROVEN if size >= 250 else Absence.SUGGESTED)


@pytest.mark.parametrize(
    ("change", "least"),
    [
        ({"offset_ignored": True}, 100),
        ({"empty_from": 100}, 100),
        ({"empty_from": 200}, 200),
        ({"empty_from": 0}, 0),
        ({"count": 10_000_000}, 250),
    ],
)
def test_pages_that_do_not_add_up_are_not_complete(ytel, fake, change, least):
    vars(fake.conferences).update(change)
    read = ytel.conferences()
    assert len(ids(read)) == least
    assert not read.complete
    assert fake.requests.count("GET", LIST) <= 1 + 2 * 8


@pytest.mark.parametrize("change", [{"shrink": 30}, {"newest_first": True}])
def test_pages_that_shrink_or_come_in_another_order_are_complete(ytel, fake, change):
    vars(fake.conferences).update(change)
    read = ytel.conferences()
    assert len(set(ids(read))) == 250
    assert read.complete


def test_a_call_can_slip_between_pages_and_then_the_list_is_not_sure(fake, ytel):
    first, *_, last = [call.conf_id for call in fake.floor.active_calls()]
    slipped = [call.conf_id for call in fake.floor.active_calls()][100]

    def one_ends_and_another_begins():
        fake.floor.end_call(first)
        fake.floor.add_call()

    fake.faults.add("GET", LIST, Run(one_ends_and_another_begins), skip=1)
    read = ytel.conferences()
    assert slipped not in ids(read)
    assert last in ids(read)
    assert read.complete
    assert read.absence is not Absence.PROVEN


def test_a_call_that_slips_between_pages_while_it_is_looked_for_is_looked_for_again(fake, ytel):
    first = fake.floor.active_calls()[0].conf_id
    slipped = fake.floor.active_calls()[100].conf_id

    def one_ends_and_another_begins():
        fake.floor.end_call(first)
        fake.floor.add_call()

    fake.faults.add("GET", LIST, Run(one_ends_and_another_begins), skip=1)
    assert ytel.conference(slipped).conf_id == slipped


def test_one_conference_costs_no_more_than_its_page(ytel, fake):
    first = fake.floor.active_calls()[0].conf_id
    assert ytel.conference(first).conf_id == first
    assert fake.requests.count("GET", LIST) == 1
