"""What a function does once, when its environment starts: check its settings and build what it works with."""

import os
import sys
from collections.abc import Callable
from functools import cache

from supervision.base.settings import SettingError


def built_once[T](build: Callable[[], T]) -> Callable[[], T]:
    """Makes `build` run once: at once inside Lambda, so that its cost falls in the init; elsewhere on first use.

    Outside Lambda nothing of the environment is read at import, so the API can be described from the doors alone.
    A SettingError ends the environment with its one line.
    """

    @cache
    def built() -> T:
        try:
            return build()
        except SettingError as error:
            sys.exit(str(error))

    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        built()
    return built
