#!/usr/bin/env python3
"""The gateway and the dashboard as people and programs use them: run.py NAME [CASE ...]

KAFKA_BOOTSTRAP_SERVERS names the broker (tests/run starts one), ENCOURS_BIN or ENCOURS_PRESET the
build. Screenshots go to build/e2e/screenshots.
"""
import os
import sys

import place
import report
from door_cases import Answers, Down, GrpcWeb, Limits, Page, Refused, Streams
from page_cases import Browser

CASES = (Refused, Answers, GrpcWeb, Streams, Limits, Page, Browser, Down)


def main(name, *chosen):
    if not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        print("KAFKA_BOOTSTRAP_SERVERS names no broker", file=sys.stderr)
        return 2
    cases = [one for one in CASES if not chosen or one.__name__ in chosen]
    status = 1
    try:
        status = report.run(name, cases)
    finally:
        place.stop(failed=status != 0)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
