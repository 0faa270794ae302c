"""Who may call, what a path names, and whether the conditions of a request hold."""

from collections.abc import Callable
from dataclasses import dataclass

from emulators.routing import Answer, Call, Rejected
from emulators.settings import Settings
from emulators.storage.shapes import refusal
from emulators.storage.world import Bucket, Stored, World


@dataclass(frozen=True, slots=True)
class Access:
    """Whoever asks for a bucket or object holds the world's lock."""

    world: World
    settings: Settings

    def check_token(self, call: Call) -> None:
        """Nobody needs one unless a setting says which."""
        wanted = self.settings.text("require_token")
        if wanted and call.headers.get("Authorization", "") != f"Bearer {wanted}":
            raise refusal(401, "Invalid Credentials")

    def bucket(self, call: Call) -> Bucket:
        found = self.world.buckets.get(call.names["bucket"])
        if found is None:
            raise refusal(404, "The specified bucket does not exist.")
        return found

    def stored(self, call: Call) -> tuple[Bucket, Stored]:
        """The object of the path; of generations only the newest is kept."""
        bucket, name = self.bucket(call), call.names["object"]
        found = bucket.objects.get(name)
        if found is None or query(call, "generation") not in ("", str(found.generation)):
            raise refusal(404, f"No such object: {bucket.name}/{name}")
        return bucket, found


def query(call: Call, name: str) -> str:
    """The last value of the parameter, empty where there is none."""
    return call.query.get(name, [""])[-1]


def check_conditions(call: Call, there: Stored | None, *, reading: bool = False) -> None:
    """https://cloud.google.com/storage/docs/request-preconditions; a generation of 0 means that there is none."""
    generation = there.generation if there else 0
    meta = there.metageneration if there else 0
    for name, met, unchanged in (
        ("ifGenerationMatch", lambda wanted: wanted == generation, False),
        ("ifGenerationNotMatch", lambda wanted: wanted != generation, reading),
        ("ifMetagenerationMatch", lambda wanted: wanted == meta, False),
        ("ifMetagenerationNotMatch", lambda wanted: wanted != meta, reading),
    ):
        _check(name, query(call, name), met=met, unchanged=unchanged)


def _check(name: str, text: str, *, met: Callable[[int], bool], unchanged: bool) -> None:
    if not text:
        return
    if not text.isdecimal():
        raise refusal(400, f"Invalid value for {name}")
    if not met(int(text)):
        raise (
            Rejected(Answer(304))
            if unchanged
            else refusal(412, "At least one of the pre-conditions you specified did not hold.")
        )
