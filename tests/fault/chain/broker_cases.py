"""Goal: a broker that is killed under load delays the work and changes nothing (row 13)."""
import unittest


class BrokerDown(unittest.TestCase):
    pass
