"""What a walk through a list asks for, and what it says of what it did not find."""

import pytest

from supervision.base.problems import YtelInvalid, YtelRejected
from supervision.rules.absence import Absence
from supervision.ytel import lists
from supervision.ytel.list_page import is_object, rows_of
from supervision.ytel.lists import Habits, Walk

REFUSED = YtelRejected("No such field.")


class Pages:
    """Pages by what leads to them: a key, an offset, or nothing for the first. What is not there is refused."""

    def __init__(self, **pages):
        self.pages = pages
        self.asked = []

    def __call__(self, query):
        [name] = ["at" + value if by == "offset" else value for by, value in query.items()] or ["first"]
        self.asked.append(name)
        page = self.pages.get(name, REFUSED)
        if isinstance(page, list) and page and isinstance(page[0], dict | Exception):
            page = page.pop(0) if len(page) > 1 else page[0]
        if isinstance(page, Exception):
            raise page
        return page


def page(ids, key=..., **fields):
    answer = {"payload": [{"confId": one} if one else {} for one in ids], **fields}
    return answer if key is ... else {**answer, "nextKey": key}


def walked(pages, habits=None):
    """The ids that were found, what was asked for, and what is said of others."""
    walk = Walk(pages, lambda rows: [entry.get("confId") for entry in rows if is_object(entry)], habits)
    found = {entry["confId"] for one in walk for entry in one.entries if "confId" in entry}
    return "".join(sorted(found)), pages.asked, walk.absence


# ---------------------------------------------------------------- by key


@pytest.mark.parametrize("nothing", ["", None])
def test_a_key_that_is_empty_ends_the_list_and_proves_it(nothing):
    assert walked(Pages(first=page("ab", nothing))) == ("ab", ["first"], Absence.PROVEN)


def test_a_page_without_a_key_ends_what_keys_led_through():
    assert walked(Pages(first=page("ab", "k"), k=page("c", ""))) == ("abc", ["first", "k"], Absence.SUGGESTED)


def test_a_key_that_leads_to_an_empty_page_ends_the_list():
    assert walked(Pages(first=page("ab", "k"), k=page("", "m"))) == ("ab", ["first", "k"], Absence.PROVEN)


@pytest.mark.parametrize("same", [REFUSED, page("ab", "m")], ids=["refused", "the same again"])
def test_a_key_that_leads_nowhere_is_got_round_by_offset_and_else_nothing_is_known(same):
    assert walked(Pages(first=page("ab", "k"), k=same)) == ("ab", ["first", "k", "at2"], Absence.UNKNOWN)
    pages = Pages(first=page("ab", "k"), k=same, at2=page("c"), at3=page(""))
    assert walked(pages) == ("abc", ["first", "k", "at2", "at3"], Absence.SUGGESTED)


def test_a_key_that_comes_again_is_followed_once():
    pages = Pages(first=page("ab", "k"), k=page("c", "k"))
    assert walked(pages) == ("abc", ["first", "k", "at3"], Absence.UNKNOWN)


# ---------------------------------------------------------------- by count


def test_an_empty_list_proves_every_absence_and_one_of_the_nameless_none():
    assert walked(Pages(first=page(""))) == ("", ["first"], Absence.PROVEN)
    assert walked(Pages(first=page([None])))[2] is not Absence.PROVEN


def test_a_count_of_none_beside_some_does_not_add_up():
    assert walked(Pages(first=page("ab", count=0), at2=page("")))[2] is Absence.UNKNOWN


def test_a_page_as_long_as_its_count_that_repeats_itself_is_looked_beyond():
    assert walked(Pages(first=page("aa", count=2), at2=page("b"), at3=page(""))) == (
        "ab",
        ["first", "at2", "at3"],
        Absence.SUGGESTED,
    )


def test_a_page_that_is_refused_once_is_asked_for_again():
    pages = Pages(first=page("ab", count=6), at2=[REFUSED, page("cd")], at4=page("ef"))
    found, asked, absence = walked(pages)
    assert (found, absence) == ("abcdef", Absence.SUGGESTED)
    assert sorted(asked) == ["at2", "at2", "at4", "at6", "first"]


# ---------------------------------------------------------------- what is remembered


def test_how_long_it_is_remembered_is_counted_from_the_last_look(monkeypatch):
    now = [1_709_849_242_672]
    monkeypatch.setattr("supervision.base.clock.now_ms", lambda: now[0])
    habits = Habits()
    pages = Pages(first=page("ab"), at2=page(""))
    looks = []
    for passed_ms in (0, 20_000, 9_999, 1):
        now[0] += passed_ms
        before = len(pages.asked)
        walked(pages, habits)
        looks.append(len(pages.asked) - before)
    assert looks == [2, 1, 1, 2]


def test_a_total_that_is_believed_proves_nothing():
    habits = Habits()
    walked(Pages(first=page("ab", count=3), at2=page("c")), habits)
    assert walked(Pages(first=page("ab", count=2)), habits) == ("ab", ["first"], Absence.SUGGESTED)


# ---------------------------------------------------------------- what is none


def test_a_list_may_be_as_long_as_the_longest_and_no_longer(monkeypatch):
    monkeypatch.setattr(lists, "LONGEST_LIST", 3)
    assert walked(Pages(first=page("abc")))[0] == "abc"
    with pytest.raises(YtelInvalid, match=r"^Ytel's list has no end\.$"):
        walked(Pages(first=page("abcd")))


def test_what_is_no_list_is_said_to_be_none():
    with pytest.raises(YtelInvalid, match=r"^Ytel's list is not the JSON it documents\.$"):
        rows_of("text")
