"""The embedded servers: started, killed, restarted with their data; and clear messages on
failure.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from portal.dev.embedded import CannotStart, Services, folders, running
from portal.dev.embedded.folders import LONGEST_NAME, LONGEST_SOCKET, locked, prepare, socket_folder
from portal.dev.embedded.services import check_database, check_redis
from portal.management.commands.up import check_port, environment_for, noted


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with running(tmp_path_factory.mktemp("hazumi") / "data") as started:
        yield started


def test_killed_servers_come_back_with_what_was_committed(services: Services) -> None:
    postgres, valkey = services.postgres, services.valkey
    assert postgres is not None
    assert valkey is not None
    url = services.environment["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('はずみ')")
    with redis.Redis.from_url(services.environment["REDIS_URL"]) as client:
        client.set("kept", "はずみ")
        client.execute_command("WAITAOF", 1, 0, 5000)
    postgres.kill()
    valkey.kill()
    assert not postgres.alive()
    postgres.start()
    valkey.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("はずみ",)
    with redis.Redis.from_url(services.environment["REDIS_URL"]) as client:
        assert client.get("kept") == "はずみ".encode()


def test_postgres_speaks_utf8_and_listens_to_nobody_outside(services: Services) -> None:
    with psycopg.connect(services.environment["DATABASE_URL"]) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)


def test_a_server_left_behind_by_a_killed_owner_is_ended(services: Services) -> None:
    first = services.postgres
    assert first is not None
    second = Services(services.data, reuse=False).postgres
    assert second is not None
    second.start()  # as the next `up` would, holding the lock of the folder
    assert not first.alive()
    second.stop()
    first.start()


def test_a_stale_pid_file_is_no_obstacle(services: Services) -> None:
    postgres = services.postgres
    assert postgres is not None
    postgres.stop()
    (postgres.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.cluster}\n")
    postgres.start()
    assert postgres.alive()


@pytest.fixture
def another_program(services: Services) -> Iterator[int]:
    """A living process that names our cluster and has nothing to do with it, as an editor would."""
    assert services.postgres is not None
    words = ["-c", "input()", "postgres", "-D", str(services.postgres.cluster)]
    with subprocess.Popen([sys.executable, *words], stdin=subprocess.PIPE) as program:
        yield program.pid
        assert program.poll() is None, "it was ended although it is not ours"
        program.kill()


@pytest.mark.parametrize("whose", ["another program", "process 1", "this process"])
def test_locks_that_name_another_living_process_are_no_obstacle(
    services: Services, another_program: int, whose: str
) -> None:
    """After a reboot, in a container or in a copied folder the number belongs to somebody else."""
    postgres = services.postgres
    assert postgres is not None
    pid = {"another program": another_program, "process 1": 1, "this process": os.getpid()}[whose]
    with psycopg.connect(services.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS still_here (word text)")
    postgres.kill()
    (postgres.cluster / "postmaster.pid").write_text(f"{pid}\n{postgres.cluster}\n")
    (postgres.sockets / ".s.PGSQL.5432.lock").write_text(f"{pid}\n{postgres.cluster}\n")
    postgres.patience = 20
    postgres.start()
    assert postgres.alive()
    with psycopg.connect(services.environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM still_here").fetchone() == (0,)


def test_the_server_of_a_copied_folder_is_left_alone(services: Services, tmp_path: Path) -> None:
    """The copy's notes name the living server of the original."""
    original = services.postgres
    assert original is not None
    original.stop()
    shutil.copytree(services.data / "postgres", tmp_path / "postgres")
    original.start()
    shutil.copy(original.cluster / "postmaster.pid", tmp_path / "postgres")
    prepare(tmp_path)
    copy = Services(tmp_path, durable=False, reuse=False).postgres
    assert copy is not None
    copy.start()
    assert copy.alive()
    assert original.alive()
    copy.stop()


def test_no_advice_loses_data(services: Services) -> None:
    for server in services.servers:
        for reason in ("FATAL: lock file", "PANIC: could not locate a valid checkpoint record"):
            advice = server.explain(reason)
            assert "rm " not in advice
            assert "anew" not in advice


def test_one_folder_has_one_owner(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(CannotStart, match=f"already runs on .*{os.getpid()}"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def test_a_folder_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "precious").write_text("mine")
    with pytest.raises(CannotStart, match="not a PostgreSQL database"), running(tmp_path):
        pass
    assert (tmp_path / "postgres" / "precious").read_text() == "mine"


def test_a_database_of_another_version_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 9"), running(tmp_path):
        pass


def test_a_full_disk_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "NEEDED_BYTES", 2**62)
    with pytest.raises(CannotStart, match="MB left"):
        prepare(tmp_path)


def test_a_file_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotStart, match="--data DIR"):
        prepare(tmp_path / "data")


def test_a_long_path_gets_a_short_place_for_its_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 90) / ("あ" * 30)
    short = socket_folder(deep)
    assert len(os.fsencode(short)) + LONGEST_NAME <= LONGEST_SOCKET
    assert short == socket_folder(deep)
    assert short != socket_folder(deep / "b")
    assert socket_folder(Path("/srv/hazumi/.data")) == Path("/srv/hazumi/.data/run")


def test_a_taken_port_is_said_with_another_to_take() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken"):
            check_port(port)
    check_port(port)


def test_other_commands_find_the_database_while_it_runs(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    environment = environment_for(services, port=8123)
    assert environment["DJANGO_SETTINGS_MODULE"] == "portal.settings"
    assert environment_for(services, port=8123)["SECRET_KEY"] == environment["SECRET_KEY"]
    note = services.data / "environment"
    with noted(environment, note):
        assert f"DATABASE_URL='{services.environment['DATABASE_URL']}'" in note.read_text()
        assert note.stat().st_mode & 0o777 == 0o600
    assert not note.exists()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql://hazumi:secret@127.0.0.1:1/hazumi"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
    ],
)
def test_a_given_service_that_does_not_answer_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    for each in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, url)
    with pytest.raises(CannotStart, match=name) as refused:
        {"DATABASE_URL": check_database, "REDIS_URL": check_redis}[name](url)
    assert "secret" not in str(refused.value)
