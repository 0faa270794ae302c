"""One deploy or push by the incumbent, in an environment of its own: `python incumbent_run.py '{"work": …}'`.

The package is used as it is installed. Its GitLab address is an argument; that of AIC is an attribute that it sets to
one of two written in it, so that the class is given one that stays. Prints its seconds as the last line; importing the
package isn't counted.
"""

import json
import sys
import time

from aic_utils import AIC, GitLabManager


def main() -> None:
    wanted = json.loads(sys.argv[1])
    AIC.base_url = property(lambda _self: wanted["aic_url"], lambda _self, _url: None)
    begun = time.perf_counter()
    loaded = AIC("key-of-the-incumbent", wanted["aic_project"], wanted["workspace"], pipelines=wanted["pipelines"])
    ready = time.perf_counter()
    namespace, _, name = wanted["gitlab_project"].rpartition("/")
    manager = GitLabManager(loaded, "token-of-the-incumbent", namespace, name, gitlab_base_url=wanted["gitlab_url"])
    work = {"deploy": manager.deploy_pipelines, "push": manager.push_to_git}[wanted["work"]]
    work()
    done = time.perf_counter()
    sys.stdout.write(json.dumps({"seconds": done - begun, "loading": ready - begun}) + "\n")


if __name__ == "__main__":
    main()
