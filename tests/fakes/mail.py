"""A mail server of a few lines: takes letters, and refuses or goes away when told to."""

import socket
import threading
from contextlib import suppress
from typing import Self


class FakeMail:
    """Context manager. ``letters``: what was taken. ``after_data``: the answer to a whole letter; "" cuts the line."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.answers = {"RCPT": "250 ok", "AUTH": "235 ok"}
        self.after_data = "250 taken"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits for a caller
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as line:
                self._talk(line)

    def _talk(self, line: "socket.SocketIO") -> None:  # type: ignore[name-defined]
        def say(words: str) -> None:
            line.write(words.encode() + b"\r\n")
            line.flush()

        say("220 here")
        while command := line.readline().decode().strip():
            verb = command[:4].upper()
            if verb == "EHLO":
                say("250-here\r\n250 AUTH PLAIN")
            elif verb == "DATA":
                say("354 go on")
                letter = b""
                while (piece := line.readline()) not in (b".\r\n", b""):
                    letter += piece.removeprefix(b".") if piece.startswith(b"..") else piece
                if self.after_data.startswith("250"):
                    self.letters.append(letter)
                if not self.after_data:
                    self.letters.append(letter)
                    return
                say(self.after_data)
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say(self.answers.get(verb, "250 ok"))
