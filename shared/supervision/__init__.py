"""Supervise the active calls of a Ytel account: who is on them, who may be heard by whom, and the verbs."""
