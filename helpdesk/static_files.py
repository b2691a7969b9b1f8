"""Static files under names that change with their content, and so may be kept for ever."""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Modules of ours import each other by those names."""

    support_js_module_import_aggregation = True
    # Django looks into every script; others' name files that do not come with them.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
