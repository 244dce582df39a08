"""The whole system in one process, on one virtual clock: what runs when, and what fails, is drawn from a seed."""
