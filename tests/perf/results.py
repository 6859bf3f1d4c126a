"""build/bench/results.json: what the benches have found, each under names of its own."""
import json
import pathlib

OUT = pathlib.Path(__file__).resolve().parents[2] / "build" / "bench"
FILE = OUT / "results.json"


def merge(found):
    """Puts the names of `found` into the file, at every depth; what else is there stays."""
    OUT.mkdir(parents=True, exist_ok=True)
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    FILE.write_text(json.dumps(joined(known, found), indent=2) + "\n")
    print(f"written: {FILE}")


def ratios(found):
    """As they are merged: those of all benches stand together, by their names."""
    return {"ratios": {one["name"]: one for one in found}}


def joined(known, found):
    if not (isinstance(known, dict) and isinstance(found, dict)):
        return found
    return known | {name: joined(known.get(name), value) for name, value in found.items()}
