"""Phone numbers as logs and refusals may show them: the last four digits."""

import re

_DIGITS = re.compile(r"[0-9]")
_PHONE = re.compile(r"(?<![0-9A-Za-z-])\+?\(?[0-9](?:[ ().-]{0,2}[0-9]){6,14}(?![0-9A-Za-z-])")


def masked(number: str) -> str:
    """`…0142` of a number, however written; of one too short to hide anything, `…` alone."""
    digits = _DIGITS.findall(number)
    return "…" + "".join(digits[-4:]) if len(digits) >= 7 else "…"


def scrub(text: str) -> str:
    """`text`, written by someone else, with what looks like a phone number masked."""
    return _PHONE.sub(lambda found: masked(found.group()), text)
