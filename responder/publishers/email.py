"""Approved replies as e-mail to a desk of our own, which answers by hand: for platforms nobody may post to for us."""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from core import clock as core_clock
from core.accounts import EmailPublisher as Settings
from core.domain import Target
from core.errors import ConfigError, OutcomeUnknown, Refused, Transient
from core.settings import env_name
from responder.publishers import Published
from responder.publishers.texts import must_be_sendable

ANSWER_SECONDS = 15.0
LONGEST_NAME = 60  # characters of an author in a subject


class EmailPublisher:
    """Letters from ``settings.account`` to ``settings.to``.

    A letter's Message-ID is made from the delivery's key, so that a mail program shows a second copy as the same.
    """

    read_lag = 0.0

    def __init__(self, name: str, settings: Settings, *, clock: core_clock.Clock = core_clock.now) -> None:
        self.name = name
        self.account = settings.account
        self._settings = settings
        self._clock = clock

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """One letter. Raises as the protocol says; a connection lost while the letter is handed over is unknown."""
        must_be_sendable(text, target)
        letter = self._letter(text, target, key)
        server = self._connect()
        try:
            server.send_message(letter)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _refusal(error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise OutcomeUnknown(
                f"The mail server gave no answer ({type(error).__name__}); whether the letter left cannot be told."
            ) from error
        finally:
            _quit(server)
        return Published(str(letter["Message-ID"]), text=None)

    def find(self, text: str, target: Target, *, key: str) -> Published | None:  # noqa: ARG002 - nobody can be asked
        """Raises Transient: a letter that left cannot be looked up. A person looks into the desk's mailbox."""
        raise Transient(f"a letter cannot be read back; look for it at {self._settings.to}")

    def check(self) -> str:
        """Logs in. Raises ConfigError or Transient."""
        _quit(self._connect())
        return f"{self.account} to {self._settings.to} through {self._settings.host}"

    def _connect(self) -> smtplib.SMTP:
        """A server that took the log-in; nothing was sent when it raises."""
        given = self._settings
        try:
            if given.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    given.host, given.port, timeout=ANSWER_SECONDS, context=ssl.create_default_context()
                )
            else:
                server = smtplib.SMTP(given.host, given.port, timeout=ANSWER_SECONDS)
            if given.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if given.username:
                server.login(given.username, self._password())
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            raise ConfigError(
                f"publishers.{self.name}: the mail server refused the log-in. Check its settings."
            ) from error
        except ssl.SSLError as error:
            raise ConfigError(f"publishers.{self.name}: no safe connection to {given.host}: {error.reason}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Transient(
                f"The mail server could not be reached ({error}); nothing was sent. Trying again."
            ) from error
        return server

    def _password(self) -> str:
        password = self._settings.password.get_secret_value()
        if not password:
            variable = env_name(("publishers", self.name, "password"))
            raise ConfigError(f"publishers.{self.name}: no password; set {variable}")
        return password

    def _letter(self, text: str, target: Target, key: str) -> EmailMessage:
        letter = EmailMessage()
        author = " ".join(target.author.split())[:LONGEST_NAME]
        letter["Subject"] = f"Approved reply to {author} on {target.platform}"
        letter["From"], letter["To"] = self.account, self._settings.to
        letter["Date"] = format_datetime(self._clock())
        domain = self.account.rpartition("@")[2]
        letter["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(
            f"{text}\n\n-- \nAnswer to: {target.url or target.external_id}\nPost exactly the text above.\n"
        )
        return letter


def _refusal(error: Exception) -> Refused | Transient:
    """5xx is for good; 4xx may be tried again. In both cases the letter was not taken."""
    codes = [code for code, _ in error.recipients.values()] if isinstance(error, smtplib.SMTPRecipientsRefused) else []
    code = max(codes, default=0) or int(getattr(error, "smtp_code", 0))
    if code >= 500:
        return Refused(f"The mail server refused the letter ({code}).")
    return Transient(f"The mail server takes no letter now ({code}); nothing was sent. Trying again.", retry_after=60)


def _quit(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
