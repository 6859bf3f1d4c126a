#!/usr/bin/env python3
"""serve.py sirene|altares PORT [--per-minute N]: serves on the loopback until it is told to end.

PORT 0 takes a free one. Prints "NAME http://127.0.0.1:PORT" when it serves.
"""
import argparse
import signal
import sys

import altares
import server
import sirene

PROVIDERS = {"sirene": sirene, "altares": altares}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(PROVIDERS))
    parser.add_argument("port", type=int)
    parser.add_argument("--per-minute", type=int, default=None,
                        help="calls allowed a minute for today's date; 0 is no limit")
    given = parser.parse_args()
    provider = PROVIDERS[given.name]
    per_minute = provider.PER_MINUTE if given.per_minute is None else given.per_minute
    serving = server.make(provider.Provider(), given.port, per_minute)
    # From the signal's own thread shutdown() would wait for itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"{given.name} http://127.0.0.1:{serving.server_address[1]}", flush=True)
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
