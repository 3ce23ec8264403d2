"""What the server's socket accepts sends at once."""

import socket

from gis.web.undelayed import undelay


def test_undelay__what_a_listening_socket_accepts_has_no_delay():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening, socket.socket() as asking:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
        listening.bind(("127.0.0.1", 0))
        undelay()
        listening.listen()
        asking.connect(listening.getsockname())
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_undelay__other_sockets_are_left_alone():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as closed:
        closed.close()
        undelay()
        assert datagrams.type == socket.SOCK_DGRAM
