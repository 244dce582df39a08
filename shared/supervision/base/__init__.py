"""What every room stands on: problems, settings, the clock, logs and metrics. It imports nothing of this project."""
