"""How the fake cuts its lists into pages, well and badly."""

import pytest
import requests

from tests.harness.fake_ytel import FakeYtel


@pytest.fixture
def ytel():
    with FakeYtel(page_size=3) as fake:
        fake.fill(calls=8, users=8)
        fake.users.shape = "envelope"  # an array has no count and no number of its page
        yield fake


class Listing:
    """One of the two lists: its switches, and a page of it as ids, with the count and the number it says."""

    def __init__(self, ytel, url, key, switches):
        self.ytel, self.url, self.key, self.switches = ytel, url, key, switches

    def page(self, offset):
        headers = {"Authorization": f"Bearer {self.ytel.token}"}
        told = requests.get(f"{self.url}offset={offset}", headers=headers, timeout=5).json()
        return [item[self.key] for item in told["payload"]], told["count"], told["page"]

    def ids(self, *offsets):
        return [one for offset in offsets for one in self.page(offset)[0]]

    def sizes(self, *offsets):
        return [len(self.ids(offset)) for offset in offsets]


@pytest.fixture(params=["conferences", "users"])
def listing(request, ytel):
    if request.param == "users":
        return Listing(ytel, f"{ytel.users_url}?", "clientId", ytel.users)
    return Listing(ytel, f"{ytel.api_url}/conference?includeMembers=true&", "confId", ytel.conferences)


def test_pages_follow_one_another_and_count_is_the_total(listing):
    assert listing.sizes(0, 3, 6, 9) == [3, 3, 2, 0]
    assert len(set(listing.ids(0, 3, 6))) == 8
    assert [listing.page(offset)[1:] for offset in (0, 3, 6, 9)] == [(8, 1), (8, 2), (8, 3), (8, 4)]


def test_an_ignored_offset_repeats_the_page(listing):
    listing.switches.offset_ignored = True
    assert listing.ids(3) == listing.ids(0) != []


def test_pages_can_be_empty_whatever_the_count_says(listing):
    listing.switches.empty_from = 3
    assert listing.sizes(0) == [3]
    assert listing.page(3)[:2] == ([], 8)


@pytest.mark.parametrize("count", [0, 5, 8_000])
def test_the_count_can_be_wrong(listing, count):
    listing.switches.count = count
    assert listing.page(0)[1] == count
    assert listing.sizes(0) == [3]


def test_pages_can_shrink_on_the_way(listing):
    listing.switches.shrink = 1
    assert listing.sizes(0, 3, 5, 6) == [3, 2, 2, 1]
    assert listing.ids(3)[0] not in listing.ids(0)


def test_the_order_can_be_turned_round(listing):
    straight = listing.ids(0, 3, 6)
    listing.switches.newest_first = True
    assert listing.ids(0, 3, 6) == straight[::-1]


def test_the_page_size_can_change(listing):
    listing.switches.size = 5
    assert listing.sizes(0, 5) == [5, 3]
