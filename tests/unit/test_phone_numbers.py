import contextlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.base.problems import NumberNotAllowed
from supervision.rules.phone_numbers import could_be, may_dial, normalise, same

SUPERVISOR = "+12125550142"
AGENT = "+15555280600"
FULL_WIDTH = "+1" + "2125550142".translate({0x30 + digit: 0xFF10 + digit for digit in range(10)})


def dial(to, *, account=(AGENT,), in_call=(), regions=("US", "CA"), allowed=()):
    return may_dial(to, account_numbers=account, in_call=in_call, regions=regions, allowed=allowed)


@pytest.mark.parametrize(
    ("to", "dialled"),
    [
        (SUPERVISOR, SUPERVISOR),
        ("+1 (212) 555-0142", SUPERVISOR),
        (" +1.212.555.0142 ", SUPERVISOR),
        ("+14165550142", "+14165550142"),
        ("+18005550142", "+18005550142"),
        ("+18005551212", "+18005551212"),
        (AGENT, AGENT),
    ],
)
def test_an_ordinary_number_or_one_of_the_accounts_own_is_dialled(to, dialled):
    assert dial(to) == dialled


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("+18095550142", "is in DO"),
        ("+18765550142", "is in JM"),
        ("+17875550142", "is in PR"),
        ("+442079460958", "is in GB"),
        ("+19005550142", "charged"),
        ("+19002345678", "charged"),
        ("+15005550142", "charged"),
        ("+12129761234", "charged"),
        ("+12125551212", "charged"),
        ("+15555280601", "not a number"),
        ("+1911", "write the number in full"),
        ("911", "write the number in full"),
        ("2125550142", "write the number in full"),
        ("0012125550142", "write the number in full"),
        ("", "write the number in full"),
        ("+", "write the number in full"),
        ("+12125550142;ext=5", "write the number in full"),
        ("+1212555O142", "write the number in full"),
        ("+1212555\n0142", "write the number in full"),
        (
            "+1" + "2125550142".translate({0x30 + digit: 0xFF10 + digit for digit in range(10)}),
            "write the number in full",
        ),
        ("sip:+12125550142@example.com", "write the number in full"),
        ("+1212555014212125550142", "not a number"),
        ("+80012345678", "is in 001"),
    ],
)
def test_what_could_cost_more_than_a_call_or_is_no_number_is_refused(to, why):
    with pytest.raises(NumberNotAllowed, match=why) as refused:
        dial(to)
    assert "2125550142" not in refused.value.detail
    assert to[-8:] not in refused.value.detail or len(to) < 8


@pytest.mark.parametrize("to", ["+447012345678", "+448712345678", "+449012345678"])
def test_what_is_charged_abroad_stays_refused_where_the_region_is_allowed(to):
    with pytest.raises(NumberNotAllowed, match="charged"):
        dial(to, regions=("GB",))


def test_a_region_is_opened_by_the_setting():
    assert dial("+18095550142", regions=("DO",)) == "+18095550142"
    with pytest.raises(NumberNotAllowed, match="is in US; this account dials supervisors in DO only"):
        dial(SUPERVISOR, regions=("DO",))


@pytest.mark.parametrize(
    "written",
    [
        SUPERVISOR,
        "12125550142",
        "2125550142",
        "(212) 555-0142",
        "+1 212 555 0142",
        "0012125550142",
        "011 1 212 555 0142",
        "5550142",
        "555-0142",
        "sip:+12125550142@10.0.0.1:5060",
        "tel:+1-212-555-0142;ext=7",
    ],
)
def test_a_number_of_the_call_is_refused_however_it_is_written(written):
    for to in (SUPERVISOR, "+1 212 555 0142"):
        with pytest.raises(NumberNotAllowed, match="…0142 is on this call"):
            dial(to, in_call=("503", "", written))


def test_an_agents_own_number_is_refused_while_the_agent_is_on_the_call():
    with pytest.raises(NumberNotAllowed, match="is on this call"):
        dial(AGENT, in_call=(AGENT,))


@pytest.mark.parametrize("written", ["", "503", "0142", "42", "+442125550142", "c91f9b77-ce9d-4207", "+12125550143"])
def test_other_legs_are_no_hindrance(written):
    assert dial(SUPERVISOR, in_call=(written,)) == SUPERVISOR


def test_a_bound_key_dials_its_own_phones_alone_and_those_only_where_anybody_may():
    assert dial(SUPERVISOR, allowed=("12125550142", "+14165550142")) == SUPERVISOR
    with pytest.raises(NumberNotAllowed, match="not one of the phones this key may dial"):
        dial("+12125550143", allowed=(SUPERVISOR,))
    with pytest.raises(NumberNotAllowed, match="not one of the phones this key may dial"):
        dial(AGENT, allowed=(SUPERVISOR,))
    with pytest.raises(NumberNotAllowed, match="charged"):
        dial("+19005550142", allowed=("+19005550142",))


def test_the_accounts_own_numbers_are_dialled_however_the_account_writes_them():
    assert dial("+15555280600", account=("15555280600",)) == "+15555280600"
    assert dial("+15555280600", account=("555-528-0600",)) == "+15555280600"
    assert dial("1001", account=("1001", "")) == "1001"
    with pytest.raises(NumberNotAllowed):
        dial("1002", account=("1001", ""))
    with pytest.raises(NumberNotAllowed):
        dial("", account=("",))


def test_a_number_is_normalised():
    assert normalise("(212) 555-0142", "US") == SUPERVISOR
    assert normalise("+1 555 528 0600") == AGENT
    assert normalise("2125550142") is None
    assert normalise("anonymous") is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (SUPERVISOR, "2125550142"),
        (SUPERVISOR, "1 (212) 555-0142"),
        ("+44 (0)20 7946 0958", "00442079460958"),
        ("1001", "1001"),
    ],
)
def test_one_number_written_in_two_ways_is_the_same(a, b):
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (SUPERVISOR, "5550142"),  # may be, but is not surely
        (SUPERVISOR, "+2125550142"),
        ("", ""),
        ("", SUPERVISOR),
        ("-", "+"),
        ("1001", "+1001555"),
    ],
)
def test_what_is_not_surely_one_number_is_no_proof(a, b):
    assert not same(a, b)
    assert not same(b, a)


@given(
    st.from_regex(r"\A[2-9][0-9]{2}[2-9][0-9]{6}\Z"),
    st.sampled_from(["+1{}", "1{}", "{}", "001{}", "0111{}", "+1 ({})"]),
)
def test_a_north_american_number_is_one_however_it_is_written(national, form):
    assert same("+1" + national, form.format(national))
    assert could_be("+1" + national, form.format(national))


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_takes_any_text(a, b):
    assert could_be(a, b) == could_be(b, a)
    assert same(a, b) == same(b, a)
    assert could_be(a, b) or not same(a, b)


@given(st.text(max_size=30))
def test_whatever_is_asked_for_the_answer_is_a_number_or_a_refusal(to):
    with contextlib.suppress(NumberNotAllowed):
        assert dial(to).startswith("+1")


def test_those_who_only_compare_do_not_load_the_number_tables():
    code = (
        "import sys; from supervision.rules import phone_numbers; phone_numbers.same('a', 'b'); "
        "print('phonenumbers' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "shared"}, capture_output=True, text=True)
    assert out.stdout.strip() == "False"
