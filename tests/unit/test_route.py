"""The ways of the Git flow."""

import pytest

from shared.domain import mapping, route
from shared.domain.errors import Refused
from shared.domain.route import FEATURE, HOTFIX, RELEASE

MAPPING = mapping.parse(b"mapping:\n  main: PROD\n  develop: QA\n  dev: DEV\n")


@pytest.mark.parametrize(
    ("way", "name", "branch"),
    [
        (FEATURE, "PIN-12 New dealers", "feature/pin-12-new-dealers"),
        (FEATURE, "feature/pin-12", "feature/pin-12"),
        (RELEASE, " 2026.11 ", "release/2026-11"),
        (HOTFIX, "x" * 300, f"hotfix/{'x' * 100}"),
        (RELEASE, f"{'x' * 99} y", f"release/{'x' * 99}"),
    ],
)
def test_a_branch_is_named_after_the_work(way: route.Route, name: str, branch: str) -> None:
    """In letters that Git, GitLab and every shell take."""
    assert way.branch(name) == branch


@pytest.mark.parametrize("name", ["!!", "é", "release/"])
def test_a_name_without_a_plain_letter_is_refused(name: str) -> None:
    """A branch called after nothing would be found by nobody."""
    with pytest.raises(Refused, match="at least one of the letters") as refused:
        RELEASE.branch(name)
    assert refused.value.reason == "message-invalid"


@pytest.mark.parametrize(
    ("branch", "way"),
    [
        ("feature/x", FEATURE),
        ("release/x", RELEASE),
        ("hotfix/x", HOTFIX),
        ("back-merge/staging/x", route.BACK[0]),
        ("featured/x", None),
    ],
)
def test_a_branch_tells_its_route_by_its_name(branch: str, way: route.Route | None) -> None:
    """Only by the whole first part."""
    assert route.of_branch(branch) == way


def test_promotions_go_from_development_to_staging_and_on_to_production() -> None:
    """Never past staging; back they go under a name of their own."""
    assert route.between("development", "staging") is FEATURE
    assert route.between("staging", "production") is RELEASE
    assert route.between("production", "staging").branch("PIN-13") == "back-merge/staging/pin-13"
    assert route.between("production", "development").branch("PIN-13") == "back-merge/development/pin-13"
    for source, target in (("development", "production"), ("production", "production")):
        with pytest.raises(Refused, match="`development` to `staging`, `staging` to `production`, ") as refused:
            route.between(source, target)
        assert refused.value.reason == "route-unknown"


def test_a_role_is_named_by_itself_or_by_its_branch() -> None:
    """As people call the places that they know."""
    assert [route.role_of(place, MAPPING) for place in ("staging", "develop", "main", "dev")] == [
        "staging",
        "staging",
        "production",
        "development",
    ]
    with pytest.raises(Refused, match="`qa` is neither") as refused:
        route.role_of("qa", MAPPING)
    assert refused.value.reason == "route-unknown"


def test_a_role_needs_a_branch_that_is_mapped() -> None:
    """Otherwise nothing that is merged into it would ever be deployed."""
    assert route.branch_of("development", MAPPING) == "dev"
    for text in (b"mapping:\n  main: PROD\n", b"mapping:\n  main: PROD\nroles:\n  staging: gone\n"):
        with pytest.raises(Refused, match="maps no branch of the role `staging`") as refused:
            route.branch_of("staging", mapping.parse(text))
        assert refused.value.reason == "role-missing"
