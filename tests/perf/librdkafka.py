"""Another version of librdkafka than the distribution's: the one that confluent-kafka of PyPI has.

Its interface of C is the same, so a program takes it by LD_LIBRARY_PATH.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

CACHE = pathlib.Path(os.environ.get("ENCOURS_CACHE", pathlib.Path.home() / ".cache" / "encours"))


def folder(version):
    """Where librdkafka.so.1 of this version lies; fetched the first time."""
    found = CACHE / "tools" / f"librdkafka-{version}"
    if not (found / "librdkafka.so.1").exists():
        found.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            unpack(fetched(version, pathlib.Path(work)), found)
    return found


def fetched(version, work):
    # A virtual environment, since a Debian without pip has none of its own.
    subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
    # Any wheel for this system will do: only the library in it is taken, which knows no Python.
    subprocess.run(
        [work / "venv" / "bin" / "pip", "download", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--only-binary=:all:", "--python-version=3.11", "--dest", work,
         f"confluent-kafka=={version}"], check=True)
    return next(work.glob("confluent_kafka-*.whl"))


def unpack(wheel, target):
    with zipfile.ZipFile(wheel) as files:
        libraries = [name for name in files.namelist() if ".libs/librdkafka-" in name]
        if len(libraries) != 1:
            raise ValueError(f"{wheel.name} has {len(libraries)} files of librdkafka, not one")
        new = target / "librdkafka.so.1.new"
        new.write_bytes(files.read(libraries[0]))
        new.rename(target / "librdkafka.so.1")
