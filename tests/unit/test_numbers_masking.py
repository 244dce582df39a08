import pytest

from supervision.rules.masking import masked, scrub


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+12125550142", "…0142"),
        ("(212) 555-0142", "…0142"),
        ("5550142", "…0142"),
        ("1001", "…"),
        ("", "…"),
        ("anonymous", "…"),
    ],
)
def test_a_number_is_shown_by_its_last_four_digits(number, shown):
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Number +1 (212) 555-0142 not found", "Number …0142 not found"),
        ("12125550142, +442079460958", "…0142, …0958"),
        ("conference 1b2fe3c1-1111-2222-3333-444455556666", "conference 1b2fe3c1-1111-2222-3333-444455556666"),
        ("code 404 at 503", "code 404 at 503"),
    ],
)
def test_numbers_in_a_text_of_someone_elses_are_masked(text, shown):
    assert scrub(text) == shown
