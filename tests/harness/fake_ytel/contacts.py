"""Contacts of the account's CRM, made up from their ids: the same contact for the same id."""

import json
from typing import Any
from zlib import crc32

FIRST = ("Maria", "José", "Chen", "Olu", "Björn", "Fatima", "Ivan", "Grace")
LAST = ("Nguyen", "Müller", "Okafor", "Smith", "Peña", "Kowalski", "Haddad", "Jones")


# {"contactId": "a1133d83-…", "accountSid": "5555960b-…", "created": 1709849242672, "dnc": false,
#  "timezone": "America/New_York", "extData": {"firstname": "Maria", "lastname": "Nguyen", "phonenumber1": "+1312…",
#  "email1": "maria@example.com"}}
def contact(contact_id: str, account: str, number: str, created: int) -> dict[str, Any]:
    """One contact, as Ytel writes it. About one in eight must not be called."""
    draw = crc32(contact_id.encode())
    first, last = FIRST[draw % 8], LAST[draw // 8 % 8]
    return {
        "contactId": contact_id,
        "accountSid": account,
        "created": created,
        "dnc": draw // 64 % 8 == 0,
        "timezone": "America/New_York",
        "extData": {
            "firstname": first,
            "lastname": last,
            "phonenumber1": number,
            "email1": f"contact{draw % 10_000}@example.com",
        },
    }


def matches(found: dict[str, Any], statements: Any) -> bool:
    """Whether a contact holds every value that a search states.

    What a statement looks like is not documented: the texts in it are looked for anywhere in the contact.
    """
    whole = json.dumps(found)
    asked = statements if isinstance(statements, list) else []
    return all(str(one.get("value", "")) in whole for one in asked if isinstance(one, dict))
