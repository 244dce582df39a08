"""Which number may be dialled, and when two writings are one number. Pure.

What a client writes as `to` is read here, once, by `read`. Its answer is a `PhoneNumber`, and `read` alone makes one:
the checks against the call and the key, the record and the dial take that type and no text. So what is dialled is what
was checked. A `PhoneNumber` is one of two things:

- `+` and 7 to 15 digits (E.164), and then it is valid in a region that may be dialled and costs no more than a call,
  or it is one of the account's own WebRTC numbers;
- one of the account's own WebRTC numbers that is no E.164, letter for letter as the account lists it (`1001`).

Numbers that Ytel writes come in any form. Two questions compare them: `same` is strict, `could_be` is lenient.
`phonenumbers` is imported by those that dial: those that only ask `same` do not pay for it.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NewType

from supervision.base.problems import NumberNotAllowed
from supervision.rules.masking import masked

PhoneNumber = NewType("PhoneNumber", str)

# What is longer is no number.
LONGEST_NUMBER = 64

# Marks that nobody sees: zero-width characters, direction marks, selectors. Copied numbers are full of them.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = "\u2043\u2212"  # hyphens that Unicode files elsewhere: hyphen bullet, minus

_E164 = re.compile(r"\+[0-9]{7,15}")
_WRITTEN_IN_FULL = re.compile(r"\+[0-9 ().-]*[0-9][0-9 ().-]*")
_DIGITS_AND_SEPARATORS = re.compile(r"\+?[0-9 ().\-/]*[0-9][0-9 ().\-/]*")
_NO_DIGIT = re.compile(r"[^0-9]")
# Valid to phonenumbers, but billed by the call: the 976 exchanges, and directory assistance.
_BILLED_BY_THE_CALL = re.compile(r"\+1[0-9]{3}(?:976[0-9]{4}|5551212)")

# What stands around a number in an address or beside it: a scheme, a host, parameters, an extension.
_AROUND = re.compile(r"^(?:sips?|tel):|(?:[@;,#]|\s*(?:x|ext)\.?\s*[0-9]).*$", re.IGNORECASE | re.DOTALL)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")


def read(written: str, *, account_numbers: Iterable[str], regions: Iterable[str]) -> PhoneNumber:
    """The one number that `written` means, if it may be dialled.

    Spaces and invisible marks around it and between its digits, hyphens of any kind and full-width forms mean nothing.
    What is left must be `+` and digits with spaces, dots, hyphens and brackets, or exactly one of `account_numbers`.
    `regions` are ISO codes. Raises NumberNotAllowed, with the number masked.
    """
    text = _cleaned(written)
    own = [number for number in account_numbers if number]
    if not _WRITTEN_IN_FULL.fullmatch(text):
        listed = next((number for number in own if text and text == _cleaned(number)), None)
        if listed is None:
            raise NumberNotAllowed("write the number in full, with + and the country code first")
        return PhoneNumber(listed)
    e164 = "+" + _NO_DIGIT.sub("", text)
    if not _E164.fullmatch(e164):
        raise _no_number(e164)
    if not any(same(e164, number) for number in own):
        _require_ordinary(e164, tuple(regions))
    return PhoneNumber(e164)


def require_not_in_call(to: PhoneNumber, in_call: Iterable[str]) -> None:
    """Raises NumberNotAllowed where `to` could be one of the call's own numbers, `in_call`, as Ytel writes them."""
    if any(could_be(to, number) for number in in_call):
        raise NumberNotAllowed(f"{masked(to)} is on this call; dial the supervisor's own phone")


def require_one_of(to: PhoneNumber, phones: Iterable[str]) -> None:
    """Raises NumberNotAllowed where `phones`, those a key is bound to, do not hold `to`; where it holds none, never."""
    phones = tuple(phones)
    if phones and not any(same(to, phone) for phone in phones):
        raise NumberNotAllowed(f"{masked(to)} is not one of the phones this key may dial")


def same(a: str, b: str) -> bool:
    """Strict: whether both are surely one number, however written. Where in doubt, no.

    For what proves something or opens something: which leg is the agent's or the supervisor's, which numbers are the
    account's own, which phones a key may dial. Ten digits alone are read as North American, 11 to 15 as a number with
    its country code. Texts that are no numbers are the same only when they are equal; an empty text is never the same.
    """
    if not a or not b:
        return False
    if a == b:
        return True
    if a[0] == b[0] == "+" and a[1:].isdecimal() and b[1:].isdecimal():
        return False  # both written as E.164 has it, the ordinary case
    return comparable(a) == comparable(b)


def comparable(number: str) -> str:
    """What every writing of one number has in common, for `same` and for keys; of a text that is no number, itself."""
    if len(number) > LONGEST_NUMBER or not _DIGITS_AND_SEPARATORS.fullmatch(text := _cleaned(number)):
        return number
    digits = _NO_DIGIT.sub("", text)
    if text[0] == "+":
        return digits if len(digits) >= 10 else "+" + digits
    return "1" + digits if len(digits) == 10 else digits


def could_be(a: str, b: str) -> bool:
    """Lenient: whether both may be one number. Where in doubt, yes.

    For what must not be dialled: a number of the call itself. Addresses, extensions and names beside a number are
    looked through, prefixes of long distance are read away, and a number without its country or area code counts as
    any number that ends in it. Two numbers in full are one only where phonenumbers reads them as one.
    """
    if same(a, b):
        return True
    a, b = (_TRUNK_ZERO.sub("", _in_ascii_digits(_cleaned(one))) for one in (a, b))
    if _WRITTEN_IN_FULL.fullmatch(a) and _WRITTEN_IN_FULL.fullmatch(b):
        return (_in_full(a) or a) == (_in_full(b) or b)
    bare_a, bare_b = _AROUND.sub("", a), _AROUND.sub("", b)
    if bare_a and bare_a == bare_b:
        return True
    return any(_ends_in(x, y) or _ends_in(y, x) for x, y in ((a, b), (bare_a, bare_b)))


def _ends_in(long: str, short: str) -> bool:
    """Whether the digits of `long` end in those of `short`, seven at least, or hold its last ten anywhere."""
    long, short = (_NO_DIGIT.sub("", one).lstrip("0") for one in (long, short))
    return (len(short) >= 7 and long.endswith(short)) or (len(short) >= 10 and short[-10:] in long)


def _cleaned(text: str) -> str:
    """`text` trimmed, without marks that nobody sees, each space, hyphen and full-width form as its plain one."""
    if not text.isascii():
        text = "".join(map(_plain, _INVISIBLE.sub("", text).translate(_FULL_WIDTH)))
    return text.replace("\t", " ").strip()


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    return " " if category == "Zs" else "-" if category == "Pd" or character in _DASHES else character


def _require_ordinary(e164: str, regions: tuple[str, ...]) -> None:
    """Raises NumberNotAllowed where a number is not valid, in none of `regions`, or charged above an ordinary call."""
    import phonenumbers

    # phonenumbers corrects what it reads, such as a second 1 after +1: a number that it would correct is none.
    if _in_full(e164) != e164 or not phonenumbers.is_valid_number(number := phonenumbers.parse(e164)):
        raise _no_number(e164)
    region = phonenumbers.region_code_for_number(number)
    if region not in regions:
        raise NumberNotAllowed(
            f"{masked(e164)} is in {region}; this account dials supervisors in {', '.join(regions)} only"
        )
    kinds = phonenumbers.PhoneNumberType
    ordinary = (kinds.FIXED_LINE, kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE, kinds.VOIP, kinds.TOLL_FREE)
    kind = phonenumbers.number_type(number)
    if kind not in ordinary or (kind != kinds.TOLL_FREE and _BILLED_BY_THE_CALL.fullmatch(e164)):
        raise NumberNotAllowed(f"{masked(e164)} is charged above an ordinary call, and is not dialled")


def _no_number(e164: str) -> NumberNotAllowed:
    return NumberNotAllowed(f"{masked(e164)} is not a number that can be dialled")


def _in_full(number: str) -> str | None:
    """E.164 of digits with or without a plus, read as from the United States; None where they are no number."""
    import phonenumbers

    digits = _NO_DIGIT.sub("", number)
    if not 7 <= len(digits) <= LONGEST_NUMBER:
        return None
    try:
        parsed = phonenumbers.parse(("+" if number.startswith("+") else "") + digits, "US")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _in_ascii_digits(text: str) -> str:
    return text if text.isascii() else "".join(str(unicodedata.decimal(one, one)) for one in text)
