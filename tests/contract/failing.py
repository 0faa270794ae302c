"""How a call fails, for tests of what adapters and fakes raise."""

from collections.abc import Callable

import pytest

from shared.domain.errors import Permanent, ServiceError


def reason_of(call: Callable[[], object], kind: type[ServiceError] = Permanent) -> str:
    """The reason of the error that the call must raise."""
    with pytest.raises(kind) as caught:
        call()
    return caught.value.reason
