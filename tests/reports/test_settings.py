"""Settings that make no sense are refused at the start, in a sentence that names the variable."""

import pytest

from reports.errors import BadSettingError
from reports.settings import Settings

PROVIDER = {"COPYDESK_OIDC_ISSUER": "https://id.example", "COPYDESK_OIDC_CLIENT": "copydesk", "COPYDESK_OIDC_SECRET": "s3cret"}


def test_what_is_given_is_read_and_no_secret_is_in_what_is_printed():
    given = {"COPYDESK_ADDRESS": "https://desk.example/", "COPYDESK_SMTP": "smtps://ada:s3cret@mail.example"}
    settings = Settings.from_environ(PROVIDER | given | {"COPYDESK_INSIDE_ALLOWED": "10.1.2.0/24, fd00::/8"})
    assert settings.address == "https://desk.example"
    assert (settings.oidc_issuer, settings.oidc_secret) == ("https://id.example", "s3cret")
    assert settings.inside_allowed == ("10.1.2.0/24", "fd00::/8")
    assert "s3cret" not in repr(settings)


def test_limits_are_whole_numbers_and_nought_is_none():
    given = {"COPYDESK_API_PER_MINUTE": "90", "COPYDESK_REFUSED_PER_MINUTE": "0"}
    settings = Settings.from_environ(given)
    assert (settings.api_per_minute, settings.refused_per_minute) == (90, 0)
    assert Settings.from_environ({}).api_per_minute == 1_200


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"COPYDESK_ADDRESS": "desk.example"}, "COPYDESK_ADDRESS"),
        ({"COPYDESK_SMTP": "mail.example"}, "COPYDESK_SMTP"),
        ({"COPYDESK_SMTP": "smtp://"}, "COPYDESK_SMTP"),
        ({"COPYDESK_INSIDE_ALLOWED": "10.1.2.3/8"}, "COPYDESK_INSIDE_ALLOWED"),
        ({"COPYDESK_API_PER_MINUTE": "-1"}, "COPYDESK_API_PER_MINUTE is '-1'; it must be a whole number"),
        ({"COPYDESK_REFUSED_PER_MINUTE": "many"}, "COPYDESK_REFUSED_PER_MINUTE"),
        ({"COPYDESK_OIDC_ISSUER": "https://id.example"}, "COPYDESK_OIDC_CLIENT, COPYDESK_OIDC_SECRET is not set"),
    ],
)
def test_what_makes_no_sense_is_named(environ, says):
    with pytest.raises(BadSettingError, match=says):
        Settings.from_environ(environ)
