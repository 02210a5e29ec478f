#!/usr/bin/env python3
"""Sends messages of many sizes to an echo and compares what comes back. Usage: echo.py ws://host:port/echo"""

import asyncio
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

SIZES = [0, 125, 126, 65_535, 65_536, 16 * 1024 * 1024]
WORDS = "Grüße, 世界 😀 and plain words. "
SECONDS = 120


def text_of(size):
    """Text of exactly so many bytes, with characters of one to four bytes."""
    words = size // len(WORDS.encode())
    return WORDS * words + "." * (size - words * len(WORDS.encode()))


def bytes_of(size):
    return bytes(i * 7 % 251 for i in range(min(size, 251))) * (size // 251 + 1) if size else b""


def fragments(message, size):
    """The message in about seven parts, none of them larger than 65,521."""
    step = max(1, min(size // 7, 65_521))
    return [message[at : at + step] for at in range(0, len(message), step)]


# None, or what is offered: the windows of server and client, and whether each may refer to earlier messages.
OFFERS = [
    None,
    {"client_max_window_bits": True},
    {"server_max_window_bits": 9, "client_max_window_bits": 9},
    {"server_max_window_bits": 10, "client_max_window_bits": 15, "server_no_context_takeover": True},
    {"server_max_window_bits": 15, "client_max_window_bits": 12, "client_no_context_takeover": True},
]


def agreed(socket):
    """The extensions in use; newer versions keep them one level deeper."""
    return (socket if hasattr(socket, "extensions") else socket.protocol).extensions


async def check(url, offer):
    failures = 0
    rows = 0
    extensions = [ClientPerMessageDeflateFactory(**offer)] if offer else None
    async with websockets.connect(url, max_size=None, compression=None, extensions=extensions) as socket:
        if bool(agreed(socket)) != bool(offer):
            failures += 1
            print(f"FAILED {offer}: {agreed(socket)}")
        for size in SIZES:
            for kind, message in (("text", text_of(size)), ("binary", bytes_of(size)[:size])):
                for fragmented in (False, True) if size else (False,):
                    await socket.send(fragments(message, size) if fragmented else message)
                    back = await asyncio.wait_for(socket.recv(), SECONDS)
                    same = type(back) is type(message) and back == message
                    rows += 1
                    failures += not same
                    if not same:
                        print(f"FAILED {kind} of {size} B, fragmented: {fragmented}")
        pong = await socket.ping(b"are you there")
        await asyncio.wait_for(pong, SECONDS)
        await socket.close(1000)
        if socket.close_code != 1000:
            failures += 1
            print(f"FAILED close: {socket.close_code}")
    print(f"python websockets {websockets.__version__}, {offer or 'uncompressed'}: {rows} messages, {failures} failures")
    return failures


async def check_all(url):
    return sum([await check(url, offer) for offer in OFFERS])


sys.exit(1 if asyncio.run(check_all(sys.argv[1])) else 0)
