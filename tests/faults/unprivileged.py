"""The command prefix that makes permissions hold for a server, even if root runs it."""

from __future__ import annotations

import os

# root keeps its user id, and so owns the files of the tests, but loses the right to ignore permissions.
WITHOUT_RIGHTS = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--") if os.geteuid() == 0 else ()
)
