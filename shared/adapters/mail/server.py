"""The mail server: an address in, letters out, each handed over once, in private, and within the deadline."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Self
from urllib.parse import unquote, urlsplit

from ...deadline import Deadline
from ...domain import address
from ...domain.errors import Permanent, ServiceError, Transient
from ...domain.news import News
from .. import limits
from . import letter
from .letter import Stationery

SECONDS = 60.0
"""For one letter, from the first byte to the last."""
_WAIT = 20.0
"""For each wait on the socket."""
_PORTS = {"smtp": 587, "smtps": 465}


class MailServer:
    """One mail server of the settings."""

    def __init__(
        self,
        url: str,
        *,
        stationery: Stationery,
        password: str,
        deadline: Deadline,
        trust: ssl.SSLContext | None = None,
        dial: Callable[[tuple[str, int], float], socket.socket] = socket.create_connection,
    ) -> None:
        """The user stands in the URL; without one nobody logs in.

        `trust` is whose certificates count, `dial` makes the connection to a host and port within so many seconds.
        """
        parts = urlsplit(address.check_mail(url))
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._sealed = parts.scheme == "smtps"
        self._upgrade = not self._sealed and not address.is_loopback(self._host)
        self._user = unquote(parts.username or "")
        self._password = _checked(password) if self._user else ""
        self._stationery = stationery
        self._deadline = deadline
        self._trust = trust
        self._dial = dial

    def tell(self, news: News, to: Sequence[str], *, moment: datetime) -> Mapping[str, ServiceError]:
        """Hands one letter over for all of the addresses; the errors of those that the server did not take.

        Raises the errors of `ports`; a Transient from it means that the letter may have been taken.
        """
        whole = letter.compose(news, to, moment=moment, stationery=self._stationery)
        seconds = min(SECONDS, self._deadline.left())
        if not seconds:
            raise limits.late()
        try:
            with self._session(seconds) as session:
                return _handed_over(session, whole.as_bytes(), sender=self._stationery.address, to=to)
        except ssl.SSLCertVerificationError:
            raise Permanent("mail-untrusted", "the mail server's certificate is not one that is trusted") from None
        except smtplib.SMTPNotSupportedError:
            raise Permanent("mail-untrusted", "the mail server offers no encryption, or no way to log in") from None
        except smtplib.SMTPAuthenticationError as error:
            raise _of_code(
                error.smtp_code,
                Permanent("mail-unauthorized", f"the mail server answered {error.smtp_code} to the login"),
            ) from None
        except smtplib.SMTPResponseException as error:
            raise _of_code(
                error.smtp_code, Permanent("mail-refused", f"the mail server answered {error.smtp_code}")
            ) from None
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if not self._deadline.left():
                raise limits.late() from None
            raise Transient("mail-unavailable", f"no answer from the mail server ({type(error).__name__})") from None

    @contextmanager
    def _session(self, seconds: float) -> Iterator[smtplib.SMTP]:
        """Whatever the server does, it is over in time: a server that dawdles is hung up on."""
        with _Link(seconds, self._dial) as link:
            seal = self._context() if self._sealed else None
            session = _Session(self._host, self._port, link=link, seal=seal, name=self._stationery.domain)
            try:
                session.ehlo_or_helo_if_needed()
                if self._upgrade:
                    session.starttls(context=self._context())
                    session.ehlo()
                if self._user:
                    session.login(self._user, self._password)
                yield session
                with suppress(OSError, smtplib.SMTPException):
                    session.quit()
            finally:
                session.close()

    def _context(self) -> ssl.SSLContext:
        return self._trust or ssl.create_default_context()


class _Link:
    """The socket, and the clock that cuts it: by a second handle, since under TLS the first one is given away."""

    def __init__(self, seconds: float, dial: Callable[[tuple[str, int], float], socket.socket]) -> None:
        self.seconds = seconds
        self._dial = dial
        self._twin: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._timer.cancel()
        if self._twin is not None:
            self._twin.close()

    def open(self, host: str, port: int) -> socket.socket:
        """The connection; from now on the time counts."""
        made = self._dial((host, port), min(limits.CONNECT, self.seconds))
        made.settimeout(min(_WAIT, self.seconds))
        self._twin = made.dup()
        self._timer.start()
        return made

    def _cut(self) -> None:
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)


class _Session(smtplib.SMTP):
    """smtplib's client upon a socket that ends in time, sealed from its first byte where there is a `seal`."""

    def __init__(self, host: str, port: int, *, link: _Link, seal: ssl.SSLContext | None, name: str) -> None:
        self._link = link
        self._seal = seal
        super().__init__(host, port, local_hostname=name, timeout=link.seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - smtplib's own hook
        plain = self._link.open(host, port)
        return plain if self._seal is None else self._seal.wrap_socket(plain, server_hostname=host)


def _handed_over(session: smtplib.SMTP, data: bytes, *, sender: str, to: Sequence[str]) -> Mapping[str, ServiceError]:
    code, _ = session.mail(sender)
    if code != 250:
        raise _of_code(code, Permanent("mail-refused", f"the mail server answered {code} to the sender"))
    answers = {each: session.rcpt(each)[0] for each in to}
    errors = {
        each: _of_code(code, Permanent("mail-address-refused", f"the mail server answered {code} to an address"))
        for each, code in answers.items()
        if code not in (250, 251)
    }
    if len(errors) < len(answers):
        code, _ = session.data(data)
        if code != 250:
            raise _of_code(code, Permanent("mail-refused", f"the mail server answered {code} to the letter"))
    return errors


def _of_code(code: int, lasting: Permanent) -> ServiceError:
    """The server's own words may hold anything; its number says enough."""
    if 500 <= code < 600:
        return lasting
    return Transient("mail-unavailable", f"the mail server answered {code}")


def _checked(password: str) -> str:
    """smtplib would quote one that it can't send."""
    if not password or not password.isascii() or not password.isprintable():
        raise Permanent("secret-malformed", "the secret for the mail server is empty or holds special characters")
    return password
