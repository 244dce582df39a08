"""Which number a supervisor's request may dial, and when two writings are one number.

`phonenumbers` is imported by the two functions that need it: those who only compare do not pay for it.
"""

import re
from collections.abc import Collection

from supervision.base.problems import NumberNotAllowed
from supervision.rules.masking import masked

_WRITTEN = re.compile(r"\+[0-9][0-9 ().-]{5,30}")
_NOT_OF_THE_NUMBER = re.compile(r"^(?:sips?|tel):|[@;].*$", re.IGNORECASE | re.DOTALL)
_AFTER_PLUS = re.compile(r"\(0\)|[^0-9]")
# Valid to phonenumbers, but billed by the call: the 976 exchanges, and directory assistance.
_BILLED_BY_THE_CALL = re.compile(r"\+1[0-9]{3}(?:976[0-9]{4}|5551212)")


def normalise(raw: str, region: str | None = None) -> str | None:
    """E.164 of a written number, or None where it is no phone number.

    `region` reads numbers without a country code; give it only for numbers that the account itself writes.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def same(a: str, b: str) -> bool:
    """Whether both are surely one number, however written; ten digits alone are read as North American."""
    return bool(a and b) and (a == b or (bool(key := _key(a)) and key == _key(b)))


def could_be(a: str, b: str) -> bool:
    """Whether both may be one number: where in doubt, yes.

    Beside `same`, a number without its country or area code counts as any number that ends in it.
    """
    if same(a, b):
        return True
    a, b = _bare(a), _bare(b)
    if a.startswith("+") and b.startswith("+"):
        return False
    short, long = sorted((_AFTER_PLUS.sub("", a).lstrip("0"), _AFTER_PLUS.sub("", b).lstrip("0")), key=len)
    return len(short) >= 7 and long.endswith(short)


def may_dial(
    to: str,
    *,
    account_numbers: Collection[str],
    in_call: Collection[str],
    regions: Collection[str],
    allowed: Collection[str] = (),
) -> str:
    """The number to dial for `to`, in E.164 (an account's own number that is none: as the account writes it).

    `to` may be one of the account's WebRTC numbers, or a valid number in one of `regions` that costs no more than a
    call; never one that is in the call. Where `allowed` holds any, `to` must be one of them besides.
    Raises NumberNotAllowed, with the number masked.
    """
    to = to.strip()
    if any(could_be(to, one) for one in in_call):
        raise NumberNotAllowed(f"{masked(to)} is on this call; dial the supervisor's own phone")
    if allowed and not any(same(to, one) for one in allowed):
        raise NumberNotAllowed(f"{masked(to)} is not one of the phones this key may dial")
    for own in account_numbers:
        if own and (to == own or (to.startswith("+") and same(to, own))):
            return (normalise(to) or own) if to.startswith("+") else own
    return _reachable(to, regions)


def _reachable(to: str, regions: Collection[str]) -> str:
    import phonenumbers

    if not _WRITTEN.fullmatch(to):
        raise NumberNotAllowed("write the number in full, with + and the country code first")
    e164 = normalise(to)
    if e164 is None or not phonenumbers.is_valid_number(parsed := phonenumbers.parse(e164)):
        raise NumberNotAllowed(f"{masked(to)} is not a number that can be dialled")
    region = phonenumbers.region_code_for_number(parsed)
    if region not in regions:
        raise NumberNotAllowed(
            f"{masked(to)} is in {region}; this account dials supervisors in {', '.join(regions)} only"
        )
    kinds = phonenumbers.PhoneNumberType
    ordinary = (kinds.FIXED_LINE, kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE, kinds.VOIP, kinds.TOLL_FREE)
    kind = phonenumbers.number_type(parsed)
    if kind not in ordinary or (kind != kinds.TOLL_FREE and _BILLED_BY_THE_CALL.fullmatch(e164)):
        raise NumberNotAllowed(f"{masked(to)} is charged above an ordinary call, and is not dialled")
    return e164


def _key(number: str) -> str:
    """The digits after the plus, which one number has in common however it is written."""
    number = _bare(number)
    digits = _AFTER_PLUS.sub("", number)
    if number.startswith("+"):
        return digits
    for abroad in ("011", "00"):
        if digits.startswith(abroad) and len(digits) >= len(abroad) + 8:
            return digits.removeprefix(abroad)
    return "1" + digits if len(digits) == 10 else digits


def _bare(number: str) -> str:
    """The number of a SIP or tel address, or of a plain one."""
    return _NOT_OF_THE_NUMBER.sub("", number.strip())
