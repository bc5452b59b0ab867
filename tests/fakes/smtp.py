"""A mail server on loopback: takes what it is given, and refuses when told to."""

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from typing import Self


class FakeMail:
    """Context manager. ``letters``: every message taken. ``refuse``: how many of the next ones are turned away."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuse = 0
        fake = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                fake._talk(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Talk)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, talk: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            talk.wfile.write(line.encode() + b"\r\n")

        say("220 fake")
        while line := talk.rfile.readline():
            match line.split()[0].upper().decode() if line.split() else "":
                case "DATA":
                    if self.refuse:
                        self.refuse -= 1
                        say("451 try again later")
                        continue
                    say("354 go on")
                    self.letters.append(_letter(talk))
                    say("250 taken")
                case "QUIT":
                    return say("221 bye")
                case _:
                    say("250 ok")
        return None


def _letter(talk: socketserver.StreamRequestHandler) -> EmailMessage:
    lines = []
    while (line := talk.rfile.readline()) not in (b".\r\n", b""):
        lines.append(line)
    found = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found
