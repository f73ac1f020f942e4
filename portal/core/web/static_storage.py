"""Static files with a digest in their names, including the modules a script imports."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class DigestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # no stubs
    """Rewrites `import` statements too, so that a new release never runs with yesterday's
    modules.
    """

    support_js_module_import_aggregation = True
