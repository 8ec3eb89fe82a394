"""All tests. What helpers assert is shown as fully as what tests assert."""

import pytest

pytest.register_assert_rewrite("tests.stores")
