"""An index that is killed, interrupted, damaged or has no space keeps what was committed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests import faulty_writer
from tests.entries import DIM, made_entry, unit_vectors
from vnqa.errors import IndexFormatError, ReadOnlyIndexError
from vnqa.index import Collection

HERE = Path(__file__).parent
KILLS = {"kill": 32, "time": 12}
LOGS = ("library.sqlite-wal", "library.sqlite-shm")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parent)}


def child(script, *arguments, timeout=60):
    """Run a script in a process of its own, whatever comes of it, and return what it printed."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
        timeout=timeout,
    )


def let_others_in(folder):
    """Let other users reach a folder below those that root made; where root runs the tests."""
    for parent in folder.parents:
        if parent.owner() == "root" and os.getuid() == 0 and len(parent.parts) > 2:
            parent.chmod(parent.stat().st_mode | 0o055)


def contents(collection):
    return {article.article_id: article.extra["version"] for article in collection.articles()}


def assert_sound(folder, *, models):
    """The index opens by itself, holds one of the models, agrees with itself and can go on."""
    with Collection.open(folder, fingerprint="made up", dim=DIM) as collection:
        held = contents(collection)
        assert held in models
        assert collection.check() == []
        passages = 3 * len(held) + 6 * ("ghe" in held and 9 in map(len, spans_of(collection)))
        assert len(collection.search_dense(unit_vectors(1, 1)[0], 99)) == passages
        assert len(collection.search_lexical("ban tin", 99)) == passages
        collection.write([made_entry("sau", 7)], ["bến"])
        held.pop("bến", None)
        assert contents(collection) == {**held, "sau": 7}
        [(best, score)] = collection.search_dense(made_entry("sau", 7)[2][1], 1)
        assert collection.passages([best])[0].article_id == "sau"
        assert score == pytest.approx(1.0)
        assert collection.check() == []


def spans_of(collection):
    with collection.snapshot() as snapshot:
        return [snapshot.passages_of(article.article_id) for article in snapshot.articles()]


@pytest.mark.parametrize("kind", ["kill", "time"])
def test_killed_anywhere_it_holds_exactly_what_was_committed(tmp_path, kind):
    subprocess.run(
        [sys.executable, "-m", "tests.faulty_writer", str(tmp_path), kind, str(KILLS[kind])],
        check=True,
        env=ENVIRONMENT,
        timeout=300,
    )
    models = faulty_writer.models()
    stopped = 0
    for number in range(KILLS[kind]):
        folder = tmp_path / str(number)
        done = len((tmp_path / f"{number}.done").read_bytes())
        stopped += done < len(faulty_writer.CHANGES)
        assert_sound(folder, models=models[done : done + 2])
        names = {path.name for path in folder.iterdir()}
        assert not [name for name in names if name.endswith(".tmp")]
        assert len([name for name in names if name.startswith("lexical-")]) == 1
    assert stopped >= (25 if kind == "kill" else 3)  # times vary, calls do not


# Between opening a file and naming it nobody can close it but the garbage collector, which warns.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_interrupted_anywhere_a_write_is_all_or_nothing(tmp_path):
    """Ctrl-C at calls and returns all over a write, also while it is being undone."""

    def interrupt():
        sys.setprofile(None)
        raise KeyboardInterrupt

    with Collection.open(tmp_path, fingerprint="made up", dim=DIM) as collection:
        collection.write([made_entry("bến"), made_entry("cảng")])
        count = faulty_writer.stop_at(-1, interrupt)
        collection.write([made_entry("bến", 1)], ["cảng"])
        events = count()
        sys.setprofile(None)
        interrupted = 0
        for number in range(30):
            collection.write([made_entry("bến"), made_entry("cảng")])
            faulty_writer.stop_at(int(events * (number + 0.5) / 30), interrupt)
            try:
                collection.write([made_entry("bến", 1)], ["cảng"])
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                sys.setprofile(None)
            assert contents(collection) in ({"bến": 0, "cảng": 0}, {"bến": 1})
        assert collection.check() == []
        assert interrupted >= 25


def test_out_of_space_a_write_changes_nothing(tmp_path):
    """A file-size limit makes SQLite, FAISS and tantivy fail in turn, as a full disk does."""
    script = f"""
        import resource, signal, sys
        from tests.entries import DIM, let_few_make_inverted_files, made_entry
        from vnqa.index import Collection

        let_few_make_inverted_files()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        failed = 0
        with Collection.open({str(tmp_path)!r}, fingerprint="made up", dim=DIM) as collection:
            collection.write([made_entry("bến"), made_entry("cảng")])
            for number, limit in enumerate([0, 40, 200, 500, 1000, 4000, 9000, 20000, 40000, 80000,
                                            160000, 320000, 640000]):
                before = collection.status().generation
                entry = made_entry("dài", number, sentences=400)
                for change in (
                    lambda: collection.write([entry], ["bến"]),
                    lambda: collection.rebuild(),
                ):
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
                    try:
                        change()
                    except OSError as error:
                        failed += 1
                        assert "nothing was changed" in str(error), error
                    finally:
                        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
                    problems = collection.check()
                    assert problems == [], (limit, problems)
                    held = {{a.article_id: a.extra["version"] for a in collection.articles()}}
                    if collection.status().generation == before:
                        assert held.get("dài") != number
                    assert not list(collection.folder.glob("*.tmp"))
                collection.write([made_entry("bến", number)])
            collection.write([entry])
            assert collection.check() == []
        print("failed", failed)
    """
    run = child(script, timeout=300)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout.split()[-1]) >= 10
    with Collection.open(tmp_path) as collection:
        assert sorted(contents(collection)) == ["bến", "cảng", "dài"]
        assert collection.check() == []


def test_a_full_disk_is_no_damage(folder):
    script = f"""
        import resource, signal
        from vnqa.index import Collection
        from vnqa.index.repair import check_folder

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        for act in (Collection.open, lambda p: Collection.open(p, read_only=True), check_folder):
            try:
                act({str(folder)!r})
            except OSError as error:
                print(error)
    """
    run = child(script)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("could not be read or written now (disk I/O error)") == 3


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "index"
    with Collection.open(folder, fingerprint="made up", dim=DIM) as collection:
        collection.write([made_entry("bến"), made_entry("cảng", 4)])
    return folder


def test_a_folder_without_write_permission_can_be_read(folder):
    """In a child process that gives up root's rights, where it has them."""
    script = """
        import os, sys
        import faiss, tantivy
        from tests.entries import made_entry
        from vnqa.errors import ReadOnlyIndexError
        from vnqa.index import Collection
        import vnqa.index.check, vnqa.index.locking, filelock

        folder = sys.argv[1]
        if os.getuid() == 0:
            os.setuid(65534)
        try:
            Collection.open(folder)
        except ReadOnlyIndexError as error:
            print(error)
        with Collection.open(folder, read_only=True) as collection:
            [(best, _)] = collection.search_dense(made_entry("cảng", 4)[2][1], 1)
            print(collection.passages([best])[0].article_id)
            print(len(collection.search_lexical("ban tin", 99)))
    """
    names = sorted(path.name for path in folder.iterdir())
    let_others_in(folder)
    folder.chmod(0o555)
    for directory in folder.glob("lexical-*"):
        directory.chmod(0o555)
    try:
        run = child(script, folder)
    finally:
        folder.chmod(0o755)
        for directory in folder.glob("lexical-*"):
            directory.chmod(0o755)
    assert run.returncode == 0, run.stderr
    refusal, found, words = run.stdout.splitlines()
    assert "open it with read_only=True" in refusal
    assert (found, words) == ("cảng", "6")
    assert sorted(path.name for path in folder.iterdir()) == names


def test_a_forked_process_searches_and_does_not_write(folder):
    """The threads that FAISS started are not forked with it."""
    script = """
        import os, signal, sys
        import faiss
        from tests.entries import DIM, made_entry, unit_vectors
        from vnqa.errors import IndexLockedError
        from vnqa.index import Collection, dense_writer, ivf

        dense_writer.IVF_FROM, dense_writer.MOST_FLAT = 40, 20
        ivf.ALL_COMPARED = 0
        faiss.omp_set_num_threads(2)
        with Collection.open(sys.argv[1], fingerprint="made up", dim=DIM) as collection:
            collection.write([made_entry(f"bài {n}", sentences=9) for n in range(40)])
            query = unit_vectors(1, 1)[0]
            found = collection.search_dense(query, 99)
            print(collection.status().dense_kind, flush=True)
            pid = os.fork()
            if not pid:
                signal.alarm(20)
                print(collection.search_dense(query, 99) == found)
                try:
                    collection.write([made_entry("con")])
                except IndexLockedError as error:
                    print(str(error).replace(str(os.getppid()), "PARENT"))
                sys.stdout.flush()
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
            collection.write([made_entry("cha")])
            print(len(collection.check()))
    """
    run = child(script, folder)
    assert run.returncode == 0, run.stderr
    kind, found, refusal, problems = run.stdout.splitlines()
    assert "ivf" in kind
    assert found == "True"
    assert "is being written by process PARENT, which this one was forked from" in refusal
    assert problems == "0"


def test_who_writes_is_not_named_by_a_process_that_has_ended(folder):
    """A repair holds the lock without noting who it is."""
    ended = child("import os; print(os.getpid())").stdout.strip()
    with Collection.open(folder) as collection:
        store = collection._writer
        with store.writing():
            store.set_meta("writer_pid", int(ended))
        run = child(
            "from vnqa.index import Collection; import sys; Collection.open(sys.argv[1])", folder
        )
    assert "is being written by another process; wait until it is done" in run.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files to another user")
def test_a_library_of_another_user_can_be_read(folder):
    """The folder may be written, what is in it may not."""
    script = """
        import os, sys
        import faiss, tantivy
        from vnqa.errors import ReadOnlyIndexError
        from vnqa.index import Collection
        import vnqa.index.check, vnqa.index.locking, filelock

        os.setuid(65534)
        try:
            Collection.open(sys.argv[1])
        except ReadOnlyIndexError as error:
            print(error)
        with Collection.open(sys.argv[1], read_only=True) as collection:
            print(len(collection.search_lexical("ban tin", 99)), collection.check())
    """
    let_others_in(folder)
    folder.chmod(0o777)
    (folder / "writer.lock").chmod(0o666)
    names = sorted(path.name for path in folder.iterdir())
    run = child(script, folder)
    assert run.returncode == 0, run.stderr
    refusal, found = run.stdout.splitlines()
    assert "open it with read_only=True" in refusal
    assert found == "6 []"
    assert {path.name for path in folder.iterdir()} <= {*names, *LOGS}


def damage(path, kind):
    if kind == "missing":
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        return
    content = bytearray(path.read_bytes())
    if kind == "truncated":
        del content[-7:]
    else:
        content[len(content) // 3] ^= 4
    replace(path, content)


def replace(path, content):
    path.unlink()  # not in place: a file that is mapped into memory must not shrink
    path.write_bytes(content)


@pytest.mark.parametrize("what", ["dense-*.faiss", "lexical-*", "lexical-*/meta.json"])
def test_a_missing_derived_file_is_named_to_a_reader_and_made_again_by_a_writer(folder, what):
    [path] = folder.glob(what)
    damage(path, "missing")
    with pytest.raises(IndexFormatError, match="run: vnqa rebuild"):
        Collection.open(folder, read_only=True)
    assert_sound(folder, models=[{"bến": 0, "cảng": 4}])


def test_a_directory_in_the_place_of_a_derived_file_is_damage(folder):
    [path] = folder.glob("lexical-*/meta.json")
    path.unlink()
    path.mkdir()
    with pytest.raises(IndexFormatError, match="run: vnqa rebuild"):
        Collection.open(folder, read_only=True)
    assert_sound(folder, models=[{"bến": 0, "cảng": 4}])


def test_words_that_lag_behind_are_noticed(folder):
    """As when the directory was put back from an older copy."""
    [words] = folder.glob("lexical-*")
    shutil.copytree(words, folder.parent / "old")
    with Collection.open(folder) as collection:
        collection.write([made_entry("đò")])
    shutil.rmtree(words)
    shutil.copytree(folder.parent / "old", words)
    with pytest.raises(IndexFormatError, match="holds 6 passages, expected at least 9"):
        Collection.open(folder, read_only=True)
    assert_sound(folder, models=[{"bến": 0, "cảng": 4, "đò": 0}])


@pytest.mark.parametrize("kind", ["truncated", "flipped"])
def test_damage_to_any_derived_file_is_found_by_check(folder, kind):
    paths = [p for p in folder.rglob("*") if p.is_file() and p.stat().st_size > 7]
    paths = [p for p in paths if p.parent != folder or p.name.startswith("dense-")]
    paths = [p for p in paths if "json" not in p.name]
    assert len(paths) >= 5
    for path in paths:
        intact = path.read_bytes()
        with Collection.open(folder, read_only=True) as reader:
            damage(path, kind)
            assert any(path.name in problem for problem in reader.check())
            replace(path, intact)
            assert reader.check() == []


@pytest.mark.parametrize("kind", ["truncated", "flipped"])
def test_a_damaged_library_is_an_error_or_found_by_check(folder, kind):
    path = folder / "library.sqlite"
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        content = path.read_bytes()
        body = next(a.text for a in [made_entry("cảng", 4)[0]]).encode()
        path.write_bytes(content.replace(body, body.replace(b" ", b"_", 1)))
    try:
        with Collection.open(folder, read_only=True) as reader:
            problems = reader.check()
    except IndexFormatError as error:
        assert "library.sqlite is damaged" in str(error)  # noqa: PT017 - either way is right
    else:
        assert any("library" in problem for problem in problems)


def test_a_lost_library_is_not_replaced_by_an_empty_one(folder):
    (folder / "library.sqlite").unlink()
    with pytest.raises(IndexFormatError, match=r"dense-1\.faiss but no library\.sqlite"):
        Collection.open(folder)
    assert [path.name for path in folder.glob("dense-*")] == ["dense-1.faiss"]


def test_a_newer_version_is_refused_and_left_alone(folder):
    raw = sqlite3.connect(folder / "library.sqlite")
    raw.execute("UPDATE meta SET value = 99 WHERE key = 'format_version'")
    raw.commit()
    raw.close()
    before = sorted(path.name for path in folder.iterdir())
    for read_only in (True, False):
        with pytest.raises(IndexFormatError, match=r"has format 99.*pip install --upgrade vnqa"):
            Collection.open(folder, read_only=read_only)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_folder_copied_while_being_written_opens(folder):
    copy = folder.parent / "copy"
    with Collection.open(folder) as collection:
        collection.write([made_entry("đò")])
        shutil.copytree(folder, copy)
    assert_sound(copy, models=[{"bến": 0, "cảng": 4, "đò": 0}])


def test_a_killed_writer_leaves_no_lock(folder):
    script = (
        "import os, signal, sys\n"
        "from vnqa.index import Collection\n"
        "held = Collection.open(sys.argv[1])\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(folder)], check=False, env=ENVIRONMENT, timeout=60
    )
    assert run.returncode == -signal.SIGKILL
    assert_sound(folder, models=[{"bến": 0, "cảng": 4}])


def test_a_change_of_a_folder_that_cannot_be_made_is_refused():
    with pytest.raises(ReadOnlyIndexError, match="cannot be created"):
        Collection.open("/proc/vnqa")
