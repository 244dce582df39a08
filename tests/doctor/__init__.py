"""Looks at a real Ytel account, read-only: is it as this project assumes? Dials nobody, disconnects nobody."""
