"""A mail server on this machine that a test talks SMTP with, and that can be out of order."""

import email
import socketserver
import threading
from contextlib import contextmanager
from email import policy


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        house = self.server
        house.sessions += 1
        if house.broken:
            return self.say("421 Out of order")
        self.say("220 mail.test ESMTP")
        to = []
        for raw in self.rfile:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            verb = line[:4].upper()
            if verb == "EHLO":
                self.say("250-mail.test")
                self.say("250 8BITMIME")
            elif verb == "RCPT":
                address = line[line.index("<") + 1 : line.index(">")]
                if address in house.refuses:
                    self.say(house.refuses[address])
                else:
                    to.append(address)
                    self.say("250 Fine")
            elif verb == "DATA":
                self.say("354 Go on")
                self._read(to)
                to = []
            elif verb == "QUIT":
                return self.say("221 Good bye")
            else:
                self.say("250 Fine")
        return None

    def _read(self, to):
        lines = []
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw[1:] if raw.startswith(b"..") else raw)
        message = email.message_from_bytes(b"".join(lines), policy=policy.default)
        with self.server.lock:
            self.server.mails.append((to, message))
        self.say("250 Kept")


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.lock, self.mails, self.refuses, self.broken, self.sessions = threading.Lock(), [], {}, False, 0

    @property
    def port(self):
        return self.server_address[1]

    def to(self, address):
        """The messages that an address got, in their order."""
        with self.lock:
            return [message for to, message in self.mails if address in to]


@contextmanager
def mail_server():
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content()
