"""Static files under names that carry their content's hash, imports between ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Assets(CompressedManifestStaticFilesStorage):
    """Collected at set-up, served for ever by whitenoise."""

    support_js_module_import_aggregation = True
    manifest_strict = False
