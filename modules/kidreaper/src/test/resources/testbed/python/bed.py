"""The WSGI application, for gunicorn and uWSGI. Route.java says what each answer has to be."""

import os
import sys
import time
import zlib
from array import array
from urllib.parse import parse_qs

MULTIPLIER = 2_654_435_761
PAGE_BYTES = 4096

# Both servers load this file before they fork their workers.
preloaded = bytearray(b"\1" * (64 * 1024 * 1024))
unshared_bytes = 0
leaked = []


def echo(length, seed):
    words = array("I", ((seed + i * MULTIPLIER) & 0xFFFFFFFF for i in range((length + 3) // 4)))
    if sys.byteorder == "little":
        words.byteswap()
    return words.tobytes()[:length]


def stream(chunks, millis):
    for i in range(chunks):
        time.sleep(millis / 1000)
        yield b"chunk %06d\n" % i


def leak(kilobytes):
    # Not bytes(n): that is memory which is zero because nobody has written to it.
    leaked.append(b"\1" * (kilobytes * 1024))
    return b"leaked %d\n" % kilobytes


def unshare(kilobytes):
    global unshared_bytes
    for _ in range(0, kilobytes * 1024, PAGE_BYTES):
        preloaded[unshared_bytes % len(preloaded)] = 2
        unshared_bytes += PAGE_BYTES
    return b"unshared %d\n" % kilobytes


def total(environ):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return b"%d %d\n" % (len(body), zlib.crc32(body))


def answer(path, query, environ):
    if path == "/hello":
        return b"hello, world\n"
    if path == "/echo":
        return echo(query("bytes"), query("seed"))
    if path == "/leak":
        return leak(query("kb"))
    if path == "/unshare":
        return unshare(query("kb"))
    if path == "/pid":
        return b"%d\n" % os.getpid()
    if path == "/sum":
        return total(environ)
    return None


def application(environ, start_response):
    values = parse_qs(environ.get("QUERY_STRING", ""))

    def query(name):
        return int(values[name][0])

    path = environ["PATH_INFO"]
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return stream(query("chunks"), query("millis"))
    body = answer(path, query, environ)
    if body is None:
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    start_response(
        "200 OK",
        [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body)))],
    )
    return [body]
