"""``make audit`` says of every package that has advisories, or that nobody could tell about, that it does."""

from bench.audit import faults

SAID = {
    "dependencies": [
        {"name": "clean", "version": "1.0", "vulns": []},
        {"name": "unknown", "skip_reason": "Dependency not found: unknown (2.0)"},
        {
            "name": "holed",
            "version": "3.0",
            "vulns": [
                {"id": "CVE-1", "fix_versions": ["3.1"], "aliases": [], "description": ""},
                {"id": "CVE-2", "fix_versions": [], "aliases": [], "description": ""},
            ],
        },
    ]
}


def test_what_is_known_and_what_could_not_be_told_is_named() -> None:
    assert list(faults(SAID)) == [
        "unknown: could not be audited: Dependency not found: unknown (2.0)",
        "holed: 3.0 has CVE-1, mended in 3.1",
        "holed: 3.0 has CVE-2, not mended yet",
    ]
