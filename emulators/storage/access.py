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
        return self.named(call.names["bucket"])

    def named(self, name: str) -> Bucket:
        found = self.world.buckets.get(name)
        if found is None:
            raise refusal(404, "The specified bucket does not exist.")
        return found

    def stored(self, call: Call, *, generation: str = "generation") -> tuple[Bucket, Stored]:
        """The object of the path, of the generation that this parameter names; only the newest is kept."""
        bucket, name = self.bucket(call), call.names["object"]
        found = bucket.objects.get(name)
        if found is None or query(call, generation) not in ("", str(found.generation)):
            raise refusal(404, f"No such object: {bucket.name}/{name}")
        return bucket, found


def query(call: Call, name: str) -> str:
    """The last value of the parameter, empty where there is none."""
    return call.query.get(name, [""])[-1]


def number(text: str, name: str) -> int:
    """The parameter `name` as the 64 bits that Google has for it."""
    if not text.isdecimal() or len(text) > 19:
        raise refusal(400, f"Invalid {name}")
    return int(text)


def check_conditions(call: Call, there: Stored | None, *, reading: bool = False, prefix: str = "if") -> None:
    """https://cloud.google.com/storage/docs/request-preconditions; a generation of 0 means that there is none.

    With the prefix `ifSource` those for the object that another is made of.
    """
    generation = there.generation if there else 0
    meta = there.metageneration if there else 0
    for name, met, unchanged in (
        ("GenerationMatch", lambda wanted: wanted == generation, False),
        ("GenerationNotMatch", lambda wanted: wanted != generation, reading),
        ("MetagenerationMatch", lambda wanted: wanted == meta, False),
        ("MetagenerationNotMatch", lambda wanted: wanted != meta, reading),
    ):
        _check(prefix + name, query(call, prefix + name), met=met, unchanged=unchanged)


def _check(name: str, text: str, *, met: Callable[[int], bool], unchanged: bool) -> None:
    if not text:
        return
    if not met(number(text, name)):
        raise (
            Rejected(Answer(304))
            if unchanged
            else refusal(412, "At least one of the pre-conditions you specified did not hold.")
        )
