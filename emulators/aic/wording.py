"""How AIC words its failures: JSON from itself, HTML from what stands in front of it."""

from emulators.passage import plain_fault
from emulators.routing import Answer

GATEWAY = {"502": "Bad Gateway", "503": "Service Unavailable"}


def fault_answer(kind: str) -> Answer:
    if kind not in GATEWAY:
        return plain_fault(kind)
    page = f"<html><head><title>{kind} {GATEWAY[kind]}</title></head><body><h1>{GATEWAY[kind]}</h1></body></html>"
    return Answer(int(kind), page, {"Content-Type": "text/html"})
