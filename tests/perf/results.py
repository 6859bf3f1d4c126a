"""build/bench/results.json: what the benches have found, each under names of its own."""
import json
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[2] / "build" / "bench"
FILE = OUT / "results.json"


def merge(found):
    """Puts the names of `found` into the file; what other benches have put there stays."""
    OUT.mkdir(parents=True, exist_ok=True)
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    FILE.write_text(json.dumps({**known, **found}, indent=2) + "\n")
    print(f"written: {FILE}")
