"""What a team's own step has made of captured pipelines → what may go to Git, checked as everything that comes in."""

from collections.abc import Mapping

from . import content, layout
from .errors import Refused

Configs = Mapping[str, Mapping[str, object]]


def checked(given: Configs, made: object) -> Configs:
    """The very pipelines that were given, each with a config that can be deployed; raises Refused `step-refused`."""
    if not isinstance(made, dict) or made.keys() != given.keys():
        raise _refused("it must give back the pipelines that it was given, by their titles, and no others")
    for title, config in sorted(made.items()):
        if not isinstance(config, dict):
            raise _refused(f"what it made of `{title}` is no JSON object")
        if config.get("title") != given[title].get("title"):
            raise _refused(f"it gave `{title}` another title")
        file(title, config)
    return made


def file(title: str, config: Mapping[str, object]) -> bytes:
    """The config file, as a capture writes it; raises Refused `step-refused` for what could not be deployed."""
    try:
        data = layout.config_file(config)
        content.of_file(data)
    except Refused as error:
        raise _refused(f"what it made of `{title}` can't be deployed: {error.detail}") from None
    return data


def changed(given: Configs, made: Configs) -> Mapping[str, bytes]:
    """The config files that differ, by title."""
    files = {title: (file(title, given[title]), file(title, made[title])) for title in sorted(given)}
    return {title: new for title, (old, new) in files.items() if old != new}


def settled(made: Configs, again: Configs) -> None:
    """Raises Refused `step-refused` unless it leaves alone what it has made: each message would change Git else."""
    for title in changed(made, again):
        raise _refused(f"it makes something else of `{title}` each time: what it has made once it must leave as it is")


def withheld(title: str, why: str) -> Refused:
    """What it made may not go to Git."""
    return _refused(f"what it made of `{title}` can't be brought to Git: {why}")


def _refused(detail: str) -> Refused:
    return Refused("step-refused", detail)
