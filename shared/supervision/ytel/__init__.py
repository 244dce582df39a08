"""The upstream API: what may be asked of it, what its answers mean, and what may be asked twice."""
