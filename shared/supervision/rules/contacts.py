"""What is kept of a contact of the account's CRM. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

LONGEST_CONTACT_NAME = 200


class Contact(NamedTuple):
    """A customer's name, empty where Ytel has none, and whether they asked not to be called."""

    name: str
    dnc: bool

    def to_json(self) -> dict[str, Any]:
        """The contact as a call shows it."""
        return self._asdict()


# {"contactId": "a1133d83-…", "accountSid": "5555960b-…", "created": 1709849242672, "dnc": false,
#  "timezone": "America/New_York", "extData": {"firstname": "Maria", "lastname": "Nguyen", "phonenumber1": "+1312…",
#  "email1": "maria@example.com"}}
def read_contact(entry: Mapping[str, Any]) -> Contact:
    """The contact of one of Ytel's entries. A mark that cannot be read for a no is one: nobody is called by mistake."""
    data = entry.get("extData")
    names = [data.get(name) for name in ("firstname", "lastname")] if isinstance(data, dict) else []
    name = " ".join(one.strip() for one in names if isinstance(one, str) and one.strip())
    dnc = entry.get("dnc")
    return Contact(name[:LONGEST_CONTACT_NAME], str(dnc or "false").strip().lower() not in ("false", "no", "0"))
