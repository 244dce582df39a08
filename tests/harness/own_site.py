"""Which requests a page of another site has a browser send.

A browser sends what any page tells it to, also to 127.0.0.1, and names the page's site in `Origin`. A site can have its
own name lead to 127.0.0.1; that name is then the `Host`.
"""

from collections.abc import Collection, Iterable

LOCAL = ("127.0.0.1", "localhost", "[::1]")


def is_foreign(
    headers: Iterable[tuple[str, str]], port: int, origins: Collection[str] = (), *, programs_only: bool = False
) -> bool:
    """Whether a request with these headers, to this port, comes from another site's page.

    `origins` are further sites that may ask, or `*`. With `programs_only` what a page loads without naming its site,
    such as an image, is foreign too: the `Sec-Fetch-Site` of a browser tells.
    """
    own = {f"{name}:{port}" for name in LOCAL} | (set(LOCAL) if port == 80 else set())
    ours = {f"http://{host}" for host in own} | set(origins)
    for name, value in headers:
        match name.lower():
            case "host" if value.strip().lower() not in own:
                return True
            case "origin" if "*" not in ours and value.strip().lower() not in ours:
                return True
            case "sec-fetch-site" if programs_only and value.strip().lower() not in ("none", "same-origin"):
                return True
    return False
