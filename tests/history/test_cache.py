"""The cache of ended jobs: on real files, with real processes."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import warnings

import pytest

from prominence_jupyter.errors import CacheLeftOut, CacheUnusable
from prominence_jupyter.history.cache import Cache
from prominence_jupyter.protocol.redaction import redact
from tests.conftest import CONTRACT, exchanges
from tests.history.conftest import ended

SERVICE = "https://prominence.test/api/v1"


def test_what_is_kept_is_found_in_the_next_process_too(cache, tmp_path):
    jobs = [ended(n) for n in range(1200)]  # more than SQLite takes as parameters
    cache.keep(SERVICE, jobs)
    assert Cache(tmp_path / "cache").find(SERVICE, jobs) == {str(job["id"]): job for job in jobs}
    assert (cache.count(), cache.has_any(SERVICE), cache.has_any("https://other.test")) == (1200, True, False)
    assert cache.find("https://other.test", jobs) == {}
    assert cache.size() == cache.path.stat().st_size > 0


def test_the_file_is_little_longer_than_the_jobs_that_come_newest_first(cache):
    jobs = [ended(n, cmd="x" * 500) for n in range(2000, 0, -1)]
    cache.keep(SERVICE, jobs)
    assert cache.size() < 1.5 * sum(len(json.dumps(job)) for job in jobs)


def test_only_this_user_reads_it(cache):
    cache.keep(SERVICE, [ended(1)])
    assert stat.S_IMODE(cache.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "change",
    [
        {"status": "running"},
        {"status": "paused"},
        {"status": None},
        {"status": ["completed"]},
        {"events": {"createTime": 1}},
        {"events": {"endTime": "?"}},
        {"events": None},
        {"id": None},
        {"id": True},
        {"id": [1]},
    ],
)
def test_a_job_that_may_still_change_is_not_kept(cache, change):
    cache.keep(SERVICE, [ended(1) | change])
    assert cache.count() == 0


def test_a_job_without_detail_is_not_kept(cache):
    cache.keep(SERVICE, [{key: value for key, value in ended(1).items() if key != "resources"}])
    assert cache.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"id": "7"},
        {"id": 7.0},
        {"name": "other"},
        {"status": "failed"},
        {"events": {"createTime": 1070, "endTime": 1077}},
        {"events": {"createTime": 1071, "endTime": 1076}},
        {"events": {}},
        {"events": None},
    ],
)
def test_another_job_of_the_same_id_is_not_found(cache, change):
    job = ended(7)
    cache.keep(SERVICE, [job])
    assert cache.find(SERVICE, [job]) == {"7": job}
    assert cache.find(SERVICE, [job | change]) == {}


def test_ids_are_text_or_numbers(cache):
    jobs = [ended(1) | {"id": job_id} for job_id in ("a/b", "'; --", "7f", 3)]
    cache.keep(SERVICE, jobs)
    assert list(cache.find(SERVICE, jobs).values()) == sorted(jobs, key=lambda job: str(job["id"]))


def test_no_secret_of_a_service_is_in_the_file_not_even_when_it_is_emptied(cache):
    found = [
        job
        for path in sorted(CONTRACT.glob("*.json"))
        for exchange in exchanges(path.name)
        if isinstance(answer := exchange["response"].get("json"), list)
        for job in answer
        if isinstance(job, dict)
    ]
    secret = ended(10**6, cmd="true") | {
        "inputs": [{"filename": "a", "content": "INPUT-SECRET"}],
        "outputFiles": [{"name": "o", "url": "https://user:URL-SECRET@host/o?X-Signature=URL-SECRET"}],
        "storage": {"type": "b2drop", "b2drop": {"app-username": "STORAGE-SECRET", "app-password": "STORAGE-SECRET"}},
        "tasks": [{"image": "a", "imagePullCredential": {"username": "u", "token": "PULL-SECRET"}}],
    }
    cache.keep(SERVICE, [redact(job) for job in [*found, secret]])
    assert cache.count() > 20
    for cleared in (False, True):
        if cleared:
            cache.clear()
        content = cache.path.read_bytes()
        for word in (b"SECRET", b"PULL-TOKEN", b"c2VjcmV0LWlucHV0", b"X-Amz", b"Signature"):
            assert word not in content
    assert b"busybox" not in content


def test_in_memory_leaves_nothing_on_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = Cache.in_memory()
    cache.keep(SERVICE, [ended(1)])
    assert cache.find(SERVICE, [ended(1)]) == {"1": ended(1)}
    assert (cache.path, cache.is_on_disk, cache.size(), cache.count()) == (None, False, 0, 1)
    cache.clear()
    assert cache.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_it_is_in_the_folder_of_the_users_caches(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = Cache()
    assert (cache.is_on_disk, list(tmp_path.iterdir())) == (True, [])  # nothing is made before it is used
    cache.keep(SERVICE, [ended(1)])
    if sys.platform == "linux":
        assert cache.path.parent == tmp_path / "prominence-jupyter"


def test_a_user_without_a_home_has_it_in_memory(monkeypatch):
    def no_home(_path):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.user_cache_path", no_home)
    cache = Cache()
    cache.keep(SERVICE, [ended(1)])
    assert (cache.path, cache.is_on_disk, cache.count()) == (None, False, 1)


def test_all_threads_of_a_kernel_use_it(cache):
    memory = Cache.in_memory()

    def fill(start):
        for n in range(start, start + 20):
            cache.keep(SERVICE, [ended(n)])
            memory.keep(SERVICE, [ended(n)])

    threads = [threading.Thread(target=fill, args=(20 * n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (cache.count(), memory.count()) == (60, 60)


KERNEL = """
import sys, warnings
from pathlib import Path
from prominence_jupyter.history.cache import Cache
from tests.history.conftest import ended
warnings.simplefilter("error")
cache = Cache(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for start in range(0, 300, 3):
    jobs = [ended(n) for n in range(start, start + 3)]
    cache.keep("https://prominence.test", jobs)
    assert len(cache.find("https://prominence.test", jobs)) == 3
"""


def test_two_kernels_write_at_once(tmp_path):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", KERNEL, tmp_path / "cache"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CONTRACT.parents[1],
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    assert Cache(tmp_path / "cache").count() == 300


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 100, b"SQLite format 3\0" * 300]
)
def test_a_file_that_is_no_database_is_replaced(cache, content):
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    cache.keep(SERVICE, [ended(1)])
    assert cache.path is not None
    assert cache.count() == 1


def test_a_database_with_broken_pages_is_replaced(cache):
    jobs = [ended(n, cmd="x" * 2000) for n in range(200)]
    cache.keep(SERVICE, jobs)
    content = bytearray(cache.path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    cache.path.write_bytes(content)
    assert cache.find(SERVICE, jobs) == {}
    cache.keep(SERVICE, jobs)
    assert cache.find(SERVICE, jobs[:1]) == {"0": jobs[0]}


def test_a_database_whose_failure_cannot_be_read_is_replaced(cache):
    for use in (lambda: cache.keep(SERVICE, [ended(1)]), cache.clear):
        cache.keep(SERVICE, [ended(1)])
        content = cache.path.read_bytes()
        assert b"PRIMARY KEY" in content
        cache.path.write_bytes(content.replace(b"PRIMARY KEY", b"PRIMARY KE\xe1"))  # SQLite quotes it, as it is
        use()
        assert cache.path is not None
    assert cache.count() == 0


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", "null", '{"id": 1}', '{"id": 2}', "{}", b"\xff", b'{"id": 1, "a": "\xe1']
)
def test_a_row_that_was_not_written_here_is_not_used(cache, text):
    cache.keep(SERVICE, [ended(1)])
    with sqlite3.connect(cache.path) as database:
        database.execute("UPDATE ended_jobs SET entry = CAST(? AS TEXT)", (text,))
    database.close()
    assert cache.find(SERVICE, [ended(1)]) == {}
    cache.keep(SERVICE, [ended(1)])
    assert cache.find(SERVICE, [ended(1)]) == {"1": ended(1)}


def left_out(cache):
    """Use a cache that cannot be used: it says so once, and goes on in memory."""
    with pytest.warns(CacheLeftOut, match=r"cannot be used .*: ended jobs are kept until this session ends"):
        cache.keep(SERVICE, [ended(1)])
    return cache.find(SERVICE, [ended(1)]) == {"1": ended(1)} and cache.count() == 1


def test_a_folder_that_cannot_be_made_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    assert left_out(cache)
    assert (cache.path, cache.is_on_disk) == (None, True)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is read-only for this user")
def test_a_folder_that_is_read_only_is_no_failure(tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert left_out(Cache(tmp_path))
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_in_place_of_the_file_is_no_failure(cache):
    cache.path.mkdir(parents=True)
    assert left_out(cache)


FULL = """
import resource, sys, warnings
from pathlib import Path
from prominence_jupyter.history.cache import Cache
from tests.history.conftest import ended
cache = Cache(Path(sys.argv[1]))
cache.keep("https://prominence.test", [ended(0)])
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
jobs = [ended(n, cmd="x" * 1000) for n in range(1, 200)]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    cache.keep("https://prominence.test", jobs)
    assert len(cache.find("https://prominence.test", jobs)) == 199
print([warning.category.__name__ for warning in caught])
"""


@pytest.mark.skipif(os.name != "posix", reason="has no limits of files")
def test_a_disk_that_is_full_is_no_failure_and_what_was_there_stays(cache):
    command = [sys.executable, "-c", FULL, cache.path.parent]
    done = subprocess.run(command, capture_output=True, text=True, cwd=CONTRACT.parents[1], check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "['CacheLeftOut']\n", "")
    assert list(cache.find(SERVICE.removesuffix("/api/v1"), [ended(0)])) == ["0"]


EMPTIED = """
import resource, sys
from pathlib import Path
from prominence_jupyter.history.cache import Cache
cache = Cache(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (cache.size(), cache.size()))
cache.clear()
"""


@pytest.mark.skipif(os.name != "posix", reason="has no limits of files")
def test_it_is_emptied_on_a_disk_that_is_full(cache):
    cache.keep(SERVICE, [ended(n, cmd="x" * 1000) for n in range(200)])
    command = [sys.executable, "-c", EMPTIED, cache.path.parent]
    subprocess.run(command, check=True, cwd=CONTRACT.parents[1])
    assert (cache.count(), cache.size() < 20_000) == (0, True)


def test_a_table_of_another_shape_is_no_failure(cache):
    cache.path.parent.mkdir()
    with sqlite3.connect(cache.path) as database:
        database.execute("CREATE TABLE ended_jobs (something)")
    database.close()
    assert left_out(cache)


@pytest.fixture
def held(cache, monkeypatch):
    """A cache whose file another process has locked for longer than is waited."""
    monkeypatch.setattr("prominence_jupyter.history.cache._PATIENCE_S", 0.05)
    cache.keep(SERVICE, [ended(2)])
    holder = sqlite3.connect(cache.path)
    holder.execute("BEGIN EXCLUSIVE")
    yield cache
    holder.close()


def test_a_file_that_stays_locked_is_no_failure(held):
    assert left_out(held)


def test_a_file_that_stays_locked_cannot_be_emptied(held):
    with pytest.raises(CacheUnusable, match=r"cannot be emptied .*locked.*; delete the file"):
        held.clear()


def test_emptying_it_reaches_the_files_of_other_versions(cache):
    cache.keep(SERVICE, [ended(n) for n in range(1000)])
    older = cache.path.with_name("ended-jobs-0.sqlite")
    with sqlite3.connect(older) as database:
        database.execute('CREATE TABLE "of another shape" (entry)')
        database.execute('INSERT INTO "of another shape" VALUES (?)', (json.dumps(ended(1)),))
    database.close()
    broken = cache.path.with_name("ended-jobs-1.sqlite")
    broken.write_bytes(b"no database" * 1000)
    before = cache.size()
    cache.clear()
    assert cache.count() == 0
    assert b"busybox" not in older.read_bytes()
    assert not broken.exists()
    assert cache.size() < before / 10
    cache.keep(SERVICE, [ended(1)])
    assert cache.count() == 1


def test_a_file_that_is_gone_before_it_is_measured_has_no_size(cache):
    cache.keep(SERVICE, [ended(1)])
    before = cache.size()
    cache.path.with_name("ended-jobs-0.sqlite").symlink_to("nowhere")
    assert cache.size() == before


def test_emptying_what_is_not_there_is_nothing(cache):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cache.clear()
    assert cache.size() == 0
