"""The tests. This __init__.py keeps another package from taking the name."""

import pytest

# An assertion in a helper shows its values, as in a test.
pytest.register_assert_rewrite("tests.support", "tests.e2e", "tests.ssh")
