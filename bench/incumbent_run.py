"""One deploy by the incumbent, in an environment of its own: `python incumbent_run.py '{"project": …}'`.

The package is used as it is installed. Its GitLab address is an argument; that of AIC is an attribute which it sets
itself, so that the class below answers for it. Prints its seconds as the last line; loading the package isn't counted.
"""

import json
import sys
import time

from aic_utils import AIC, GitLabManager


class Pointed(AIC):
    """Knows another AIC than the two that are written in the package."""

    url = ""

    @property
    def base_url(self) -> str:
        return Pointed.url

    @base_url.setter
    def base_url(self, _url: str) -> None:
        """Stays where it is."""


def main() -> None:
    wanted = json.loads(sys.argv[1])
    Pointed.url = wanted["aic_url"]
    begun = time.perf_counter()
    loaded = Pointed("key-of-the-incumbent", wanted["aic_project"], wanted["workspace"], pipelines=wanted["pipelines"])
    ready = time.perf_counter()
    namespace, _, name = wanted["gitlab_project"].rpartition("/")
    manager = GitLabManager(loaded, "token-of-the-incumbent", namespace, name, gitlab_base_url=wanted["gitlab_url"])
    manager.deploy_pipelines()
    done = time.perf_counter()
    sys.stdout.write(json.dumps({"seconds": done - begun, "loading": ready - begun}) + "\n")


if __name__ == "__main__":
    main()
