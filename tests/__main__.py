"""Runs the tests: ``make test``, ``make test-services``, ``make e2e``, ``make soak``.

    python -m tests [--services | --browser | --soak] [pytest's own words]

``make test`` needs nothing but Python: it runs on SQLite, and again on PostgreSQL where one answers. The tests of the
services choose their databases themselves, SQLite among them, and say which they had to leave out.
"""

import os
import subprocess
import sys
import time

SQLITE, EVERYTHING = "", ["-n", "2", "--dist", "worksteal"]
BOTH = ["tests/access", "tests/records", "tests/undoing"]  # who may, and taking back: soaked on PostgreSQL too
FAST = "not e2e and not soak and not services"


def main(words: list[str]) -> int:
    kind = words.pop(0) if words and words[0] in ("--services", "--browser", "--soak") else ""
    url = postgresql()
    if kind == "--browser":
        return pytest(SQLITE, "-m", "e2e", *words)
    if kind == "--services":
        say_what_is_missing(url)
        return pytest(SQLITE, "-m", "services", *words)
    if kind == "--soak":
        say_what_is_missing(url)
        status = pytest(SQLITE, "-m", "soak", *words)
        return status or (pytest(url, "-m", "soak", *(words or BOTH)) if url else 0)
    status = pytest(SQLITE, *EVERYTHING, "-m", FAST, *words)
    if url and not status:
        status = pytest(url, *EVERYTHING, "-m", FAST, *words)
    return status


def pytest(url: str, *words: str) -> int:
    """One run of pytest, on one database."""
    environment = {**os.environ, "DATABASE_URL": url}
    if not url:
        environment.pop("DATABASE_URL")
    print(f"== {'PostgreSQL' if url else 'SQLite'}", flush=True)
    started = time.monotonic()
    status = subprocess.call([sys.executable, "-m", "pytest", *words], env=environment)
    print(f"== {time.monotonic() - started:.0f} s", flush=True)
    return status


def postgresql() -> str:
    """The address of a PostgreSQL to test on: ``TEST_DATABASE_URL``, or the one of this machine, if it answers."""
    import psycopg

    url = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    except psycopg.Error:
        return ""
    return url


def redis() -> str:
    """The address of a Redis to test on: ``TEST_REDIS_URL``, or a database of this machine's that nobody uses by habit."""
    from redis import Redis, RedisError

    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    try:
        with Redis.from_url(url, socket_connect_timeout=3) as server:
            server.ping()
    except RedisError:
        return ""
    return url


def say_what_is_missing(url: str) -> None:
    if not url:
        print("PostgreSQL does not answer: only SQLite is tested.")
    elif not redis():
        print("PostgreSQL answers, but Redis does not: only SQLite is tested. TEST_REDIS_URL says where Redis is.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
