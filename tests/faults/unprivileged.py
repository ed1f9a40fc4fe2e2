"""How to run the server so that permissions hold for it: root may read everything, or give that up."""

from __future__ import annotations

import os

# The server still owns what the tests write, as an owner without rights.
WITHOUT_RIGHTS = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--") if os.geteuid() == 0 else ()
)
