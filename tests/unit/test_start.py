"""What a function does once, when its environment starts."""

import pytest

from supervision.base.cold_start import built_once
from supervision.base.settings import SettingError


def test_inside_lambda_it_is_built_at_once_and_once(monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "listen")
    made: list[int] = []
    built = built_once(lambda: _one_more(made))
    assert made == [1]
    assert built() == built() == 1


def test_elsewhere_it_is_built_on_first_use_and_once(monkeypatch):
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    made: list[int] = []
    built = built_once(lambda: _one_more(made))
    assert made == []
    assert built() == built() == 1


def test_a_setting_that_is_wrong_ends_the_environment_with_one_line(monkeypatch):
    def build():
        raise SettingError("setting TABLE_NAME is missing")

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "listen")
    with pytest.raises(SystemExit) as ended:
        built_once(build)
    assert ended.value.code == "setting TABLE_NAME is missing"


def test_any_other_error_is_not_hidden(monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "listen")
    with pytest.raises(ZeroDivisionError):
        built_once(lambda: 1 // 0)


def _one_more(made: list[int]) -> int:
    made.append(1)
    return len(made)
