"""A real mail server inside the process, which takes, refuses or drops what it is told to."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from emulators.stack import ports


@dataclass
class Mailroom:
    """`letters` are what was taken: the envelope's recipients, and the letter. `answers` are to addresses."""

    letters: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    to_data: str = "250 taken"
    sealed: list[bool] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("25"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.to_data.startswith("250"):
            content = envelope.content or b""
            letter = message_from_bytes(content if isinstance(content, bytes) else content.encode(), policy=default)
            self.letters.append((tuple(envelope.rcpt_tos), letter))
            self.sealed.append(
                server.transport is not None and server.transport.get_extra_info("ssl_object") is not None
            )
        return self.to_data

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        """Whoever is known by that password."""
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False)
        known = self.users.get(data.login.decode())
        return AuthResult(success=known is not None and known == data.password.decode(), handled=False)


@contextmanager
def mailroom(
    *, seal: ssl.SSLContext | None = None, upgrade: ssl.SSLContext | None = None, **more: Any
) -> Iterator[Mailroom]:
    """Serves on loopback: sealed from its first byte, or by STARTTLS, or not at all."""
    room = Mailroom(port=ports.free(), **more)
    controller = Controller(
        room,
        hostname="127.0.0.1",
        port=room.port,
        ssl_context=seal,
        tls_context=upgrade,
        authenticator=room.authenticate if room.users else None,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield room
    finally:
        controller.stop()
