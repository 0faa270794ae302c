"""Made-up workspaces for the stand-ins and repositories of the same pipelines; one seed always gives the same."""

from emulators.seeding.configs import pipeline
from emulators.seeding.files import repository_files
from emulators.seeding.titles import titles

__all__ = ["repository_files", "workspace"]


def workspace(name: str, count: int, seed: int = 0) -> dict[str, object]:
    """An entry of the AIC seed's `workspaces`. Two names with one seed differ in AIC's own `$…` keys alone."""
    jobs = [pipeline(title, index=index, seed=seed) for index, title in enumerate(titles(count))]
    return {"name": name, "jobs": [{"$workspace": name, **job} for job in jobs]}
