"""What schemathesis loads."""

import scene  # noqa: F401
import unavoidable  # noqa: F401
