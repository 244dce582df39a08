import ast
import subprocess
import sys
import unicodedata
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from supervision.base.problems import NumberNotAllowed
from supervision.rules.phone_numbers import comparable, could_be, read, require_not_in_call, require_one_of, same
from tests.unit.examples import examples
from tests.unit.strategies import e164

SUPERVISOR = "+12125550142"
CUSTOMER = "+13125550100"
AGENT = "+15555280600"
SOURCES = [Path(__file__).parents[2] / folder for folder in ("shared", "functions")]


def dial(to, *, account=(AGENT,), in_call=(), regions=("US", "CA"), allowed=()):
    """What `to` dials, as the use case has it: read, held against the key, held against the call."""
    number = read(to, account_numbers=account, regions=regions)
    require_one_of(number, allowed)
    require_not_in_call(number, in_call)
    return number


# ---------------------------------------------------------------- the one reading


@pytest.mark.parametrize(
    ("to", "dialled"),
    [
        (SUPERVISOR, SUPERVISOR),
        ("+1 (212) 555-0142", SUPERVISOR),
        (" +1.212.555.0142 \n", SUPERVISOR),
        ("\u202a+1\u00a0212\u2011555\u20130142\u202c", SUPERVISOR),
        ("\u2066\ufeff+1\u200b212\u2009555\u22120142\u200e", SUPERVISOR),
        ("+12125550142", SUPERVISOR),
        ("+1\u3000(212) 555.0142", SUPERVISOR),
        ("+14165550142", "+14165550142"),
        ("+18005550142", "+18005550142"),
        ("+18005551212", "+18005551212"),
        (AGENT, AGENT),
        ("+1 555 528 0600", AGENT),
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
        ("+1911", "not a number"),
        ("911", "write the number in full"),
        ("2125550142", "write the number in full"),
        ("0012125550142", "write the number in full"),
        ("", "write the number in full"),
        ("+", "write the number in full"),
        ("+()", "write the number in full"),
        ("++12125550142", "write the number in full"),
        ("(+1) 2125550142", "write the number in full"),
        ("+12125550142;ext=5", "write the number in full"),
        ("+12125550142 x5", "write the number in full"),
        ("+12125550142,,5", "write the number in full"),
        ("+1212555O142", "write the number in full"),
        ("+1 212 555 DIAL", "write the number in full"),
        ("+1212555\n0142", "write the number in full"),
        ("+1212555\u06600142"[:12], "write the number in full"),  # an Arabic-Indic digit
        ("+121\u06625550106", "write the number in full"),
        ("+\u0661\u0662125550142", "write the number in full"),
        ("+1212555\U0001d7ce142", "write the number in full"),  # a mathematical digit
        ("+1212555\u00b2142", "write the number in full"),
        ("sip:+12125550142@example.com", "write the number in full"),
        ("tel:+12125550142", "write the number in full"),
        (f"{AGENT};tel:9005551234;phone-context=+1", "write the number in full"),
        (f"{AGENT};phone-context=+1900", "write the number in full"),
        ("tel:911;phone-context=+1", "write the number in full"),
        ("+15555tel:280600", "write the number in full"),
        ("+1(0)2125550106", "not a number"),
        ("+1 1 312 555 0100", "not a number"),
        ("+1 001 212 555 0142", "not a number"),
        ("+1 011 44 20 7946 0958", "not a number"),
        ("+1212555014212125550142", "not a number"),
        ("+80012345678", "is in 001"),
    ],
)
def test_what_could_cost_more_than_a_call_or_is_no_number_is_refused(to, why):
    with pytest.raises(NumberNotAllowed, match=why) as refused:
        dial(to)
    assert "2125550142" not in refused.value.detail
    assert to[-8:] not in refused.value.detail or len(to) < 8


@pytest.mark.parametrize("to", ["+44 (0)20 7946 0958", "+4402079460958"])
def test_a_trunk_prefix_is_no_part_of_a_number(to):
    assert dial("+44 20 7946 0958", regions=("GB",)) == "+442079460958"
    with pytest.raises(NumberNotAllowed, match="not a number"):
        dial(to, regions=("GB",))


@pytest.mark.parametrize("to", ["+447012345678", "+448712345678", "+449012345678"])
def test_what_is_charged_abroad_stays_refused_where_the_region_is_allowed(to):
    with pytest.raises(NumberNotAllowed, match="charged"):
        dial(to, regions=("GB",))


def test_a_region_is_opened_by_the_setting():
    assert dial("+18095550142", regions=("DO",)) == "+18095550142"
    with pytest.raises(NumberNotAllowed, match="is in US; this account dials supervisors in DO only"):
        dial(SUPERVISOR, regions=("DO",))


def test_the_accounts_own_numbers_are_dialled_however_the_account_writes_them():
    assert dial("+15555280600", account=("15555280600",)) == "+15555280600"
    assert dial("+15555280600", account=("555-528-0600",)) == "+15555280600"
    assert dial("15555280600", account=("15555280600",)) == "15555280600"
    assert dial("1001", account=("1001", "")) == "1001"
    assert dial(" \u200e1001 ", account=("1001", "")) == "1001"
    assert dial("client:sue", account=("client:sue",)) == "client:sue"
    for to, account in [
        ("1002", "1001"),
        ("+1001", "1001"),
        ("10-01", "1001"),
        ("1001 ext", "1001"),
        ("client:SUE", "client:sue"),
        ("+5550142", "5550142"),
        ("", ""),
        ("\u200b", "\u200b"),
    ]:
        with pytest.raises(NumberNotAllowed):
            dial(to, account=("", account))


# ---------------------------------------------------------------- against the call and the key


@pytest.mark.parametrize(
    "written",
    [
        SUPERVISOR,
        "12125550142",
        "2125550142",
        "(212) 555-0142",
        "+1 212 555 0142",
        "+1 1 212 555 0142",
        "+1 (0) 212 555 0142",
        "+12125550142",
        "+1212555014\u0662",
        "\u202a+12125550142\u202c",
        "0012125550142",
        "011 1 212 555 0142",
        "5550142",
        "555-0142",
        "555-0142 x7",
        "sip:+12125550142@10.0.0.1:5060",
        "sofia/gateway/ytel/12125550142@10.0.0.1",
        "tel:+1-212-555-0142;ext=7",
        "+12125550142 ext. 7",
        "Ann <+12125550142>",
    ],
)
def test_a_number_of_the_call_is_refused_however_it_is_written(written):
    for to in (SUPERVISOR, "+1 212 555 0142"):
        with pytest.raises(NumberNotAllowed, match="…0142 is on this call"):
            dial(to, in_call=("503", "", written))


@pytest.mark.parametrize(
    ("own", "written"),
    [(AGENT, AGENT), ("1001", "1001"), ("1001", "sip:1001@10.0.0.1"), ("15555280600", "+1 555 528 0600")],
)
def test_an_agents_own_number_is_refused_while_the_agent_is_on_the_call(own, written):
    assert dial(own, account=(own,)) == own
    with pytest.raises(NumberNotAllowed, match="is on this call"):
        dial(own, account=(own,), in_call=(written,))


@pytest.mark.parametrize(
    "written", ["", "503", "0142", "42", "+442125550142", "c91f9b77-ce9d-4207", "+12125550143", "anonymous", "+", "x1"]
)
def test_other_legs_are_no_hindrance(written):
    assert dial(SUPERVISOR, in_call=(written,)) == SUPERVISOR


def test_a_bound_key_dials_its_own_phones_alone_and_those_only_where_anybody_may():
    assert dial(SUPERVISOR, allowed=("12125550142", "+14165550142")) == SUPERVISOR
    assert dial(SUPERVISOR, allowed=("\u202a+1-212-555-0142",)) == SUPERVISOR
    with pytest.raises(NumberNotAllowed, match="not one of the phones this key may dial"):
        dial("+12125550143", allowed=(SUPERVISOR,))
    with pytest.raises(NumberNotAllowed, match="not one of the phones this key may dial"):
        dial(AGENT, allowed=(SUPERVISOR,))
    with pytest.raises(NumberNotAllowed, match="not one of the phones this key may dial"):
        dial(SUPERVISOR, allowed=("5550142", "-"))
    with pytest.raises(NumberNotAllowed, match="charged"):
        dial("+19005550142", allowed=("+19005550142",))


# ---------------------------------------------------------------- when two writings are one number


@given(e164)
def test_a_number_is_the_same_however_it_is_written(number):
    area, exchange, line = number[2:5], number[5:8], number[8:]
    for written in (
        f"1{number[2:]}",
        number[2:],
        f"+1 ({area}) {exchange}-{line}",
        f"({area}) {exchange}-{line}",
        f"1-{area}-{exchange}-{line}",
        f" +1.{area}.{exchange}.{line} ",
        f"\u202a+1\u2011{area}\u2011{exchange}\u2011{line}\u202c",
    ):
        assert same(number, written)
        assert same(written, number)
        assert could_be(number, written)


@given(e164, e164)
def test_other_numbers_are_other_numbers(one, other):
    assert same(one, other) == (one == other)
    assert same(one[1:], other) == (one == other)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (SUPERVISOR, "5550142"),  # may be, but is not surely
        (SUPERVISOR, "+2125550142"),
        (SUPERVISOR, "sip:+12125550142@example.com"),
        ("2125550142", "+2125550142"),
        ("5550142", "+5550142"),
        ("client 1", "client  1"),
        ("", ""),
        ("", SUPERVISOR),
        ("-", "+"),
        ("1001", "+1001555"),
    ],
)
def test_what_is_not_surely_one_number_is_no_proof(a, b):
    assert not same(a, b)
    assert not same(b, a)


def test_short_numbers_are_compared_by_their_digits():
    assert same("5550142", "555-0142")
    assert same("1001", "1001")


@pytest.mark.parametrize(
    ("a", "b"),
    [(SUPERVISOR, "5550142"), ("+44 (0)20 7946 0958", "00442079460958"), (CUSTOMER, "+1 1 312 555 0100")],
)
def test_where_in_doubt_it_could_be_one_number(a, b):
    assert could_be(a, b)
    assert could_be(b, a)


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_takes_any_text(a, b):
    assert could_be(a, b) == could_be(b, a)
    assert same(a, b) == same(b, a)
    assert could_be(a, b) or not same(a, b)
    assert same(a, a) == bool(a)


def test_a_text_without_end_takes_no_time():
    for endless in ("1" * 500_000 + "x", " " * 500_000 + "x", "+" + "1 " * 500_000, "x1" * 250_000):
        assert comparable(endless) == endless
        assert not could_be(endless, CUSTOMER)
        with pytest.raises(NumberNotAllowed):
            dial(endless)


# ---------------------------------------------------------------- over any text at all

OWN = (AGENT, "1001", "15555280601", "client:sue")
IN_CALL = (CUSTOMER, "555-0177", "sip:+12125550111@10.0.0.1")
MEANT = "+12125550142"
pieces = st.one_of(
    st.sampled_from([*OWN, *IN_CALL, MEANT, CUSTOMER[1:], "+1 1 312 555 0100", "+19005551234", "+442079460958"]),
    st.sampled_from([";tel:", ";phone-context=+1", "tel:", "sip:", "@", "(0)", " ext ", "x", "+", "+1", "00", "011"]),
    st.sampled_from([*" -.()/\t\n\u00a0\u2011\u2212\u200b\u202a\ufeff\uff0b\uff11\u0662\U0001d7d0"]),
    st.from_regex(r"\A[0-9]{1,4}\Z"),
    st.text(max_size=4),
)
harmless = st.sampled_from([*" -.()\t\u00a0\u2011\u2212\u200b\u202a\ufeff"])
whole = st.from_regex(r"\A\+1(212|312|416|900)555[0-9]{4}\Z") | st.sampled_from([MEANT, CUSTOMER, *OWN])
# A whole number with marks put in, harmless ones and others; pieces of anything; and any text.
written = st.one_of(
    st.builds(lambda *drawn: _with_marks(*drawn), whole, st.lists(st.tuples(st.integers(0, 14), harmless))),
    st.builds(lambda *drawn: _with_marks(*drawn), whole, st.lists(st.tuples(st.integers(0, 14), pieces))),
    st.lists(pieces, max_size=6).map("".join),
    st.text(max_size=30),
)


def _with_marks(number, marks):
    for place, mark in marks[:3]:
        number = number[:place] + mark + number[place:]
    return number


PLAIN = {
    **{unicodedata.name(digit): digit for digit in "0123456789"},
    "SPACE": " ",
    "HYPHEN-MINUS": "-",
    "MINUS SIGN": "-",
    "HYPHEN BULLET": "-",
}


def _plainly(to):
    """The text again, stated another way: by what Unicode calls each character."""
    plain = ""
    for character in to.strip():
        name, category = unicodedata.name(character, ""), unicodedata.category(character)
        if category == "Cf" or character == "\u034f" or name.startswith("VARIATION SELECTOR-"):
            continue
        if name.startswith("FULLWIDTH "):
            character = unicodedata.normalize("NFKC", character)
        elif category in ("Zs", "Pd") or character == "\t":
            character = "-" if category == "Pd" else " "
        plain += PLAIN.get(name, character)
    return plain.strip()


def _number(plain):
    digits = "".join(one for one in plain[1:] if one not in " -.()")
    return "+" + digits if plain[:1] == "+" and digits.isascii() and digits.isdecimal() else None


def _holds_for(to):
    try:
        dialled = dial(to, account=OWN, in_call=IN_CALL)
    except NumberNotAllowed:
        return
    plain = _plainly(to)
    if _number(plain) is None:
        assert dialled == plain
        assert plain in OWN
        return
    assert dialled == _number(plain)
    parsed = phonenumbers.parse(dialled)
    assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == dialled
    if dialled not in (AGENT, "+15555280601"):
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.region_code_for_number(parsed) in ("US", "CA")
        assert not dialled.startswith(("+1900", "+1976"))
    assert dialled not in (CUSTOMER, "+12125550111")
    assert not dialled.endswith("5550177")


@example("+1 1 312 555 0100")
@example(f"{AGENT};tel:9005551234;phone-context=+1")
@examples(2000)
@given(written)
def test_whatever_is_written_it_is_refused_or_dialled_as_the_one_reading_says(to):
    _holds_for(to)


@pytest.mark.long
@settings(max_examples=100_000, deadline=None)
@given(written)
def test_whatever_is_written_it_is_refused_or_dialled_as_the_one_reading_says_at_length(to):
    _holds_for(to)


# ---------------------------------------------------------------- what keeps it so


def test_the_reading_alone_makes_a_phone_number():
    makers = {
        file.name
        for source in SOURCES
        for file in source.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        if (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) == "PhoneNumber"
    }
    assert makers == {"phone_numbers.py"}


def test_those_who_only_ask_whether_two_are_the_same_do_not_load_the_number_tables():
    code = (
        "import sys; from supervision.rules import phone_numbers; phone_numbers.same('a', 'b'); "
        "print('phonenumbers' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "shared"}, capture_output=True, text=True)
    assert out.stdout.strip() == "False"
