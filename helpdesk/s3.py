"""Staged files in a bucket of S3 or a compatible service, used if S3_BUCKET is set."""

from types import SimpleNamespace
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.conf import settings
from storages.backends.s3 import S3Storage

MIB = 1024 * 1024
# A file is one request in each direction, streamed in the calling thread. By default boto3 would
# hold ten chunks of 8 MB for each.
TRANSFER = TransferConfig(multipart_threshold=64 * MIB, use_threads=False)
# A file fetched for sending goes to disk above this size.
MOST_IN_MEMORY = MIB // 4


class Bucket(S3Storage):  # type: ignore[misc]  # it has no types
    """A private, signed bucket with short time-outs: a page or a worker waits for it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # boto3 makes a resource for each thread, and each takes 16 MB. The calls made here are
        # thread-safe.
        self._connections = SimpleNamespace()

    def get_default_settings(self) -> dict[str, Any]:
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | {
            "bucket_name": settings.S3_BUCKET,
            "location": settings.S3_PREFIX,
            "endpoint_url": settings.S3_ENDPOINT_URL or None,
            "region_name": settings.S3_REGION or None,
            # Without keys boto3 uses the machine's role.
            "access_key": settings.S3_ACCESS_KEY_ID or None,
            "secret_key": settings.S3_SECRET_ACCESS_KEY or None,
            "max_memory_size": MOST_IN_MEMORY,
            "transfer_config": TRANSFER,
            "client_config": _client_config(),
        }


def _client_config() -> Config:
    # Compatible services have no host name for each bucket, and no newer checksums.
    style = "path" if settings.S3_ENDPOINT_URL else "auto"
    return Config(
        s3={"addressing_style": style},
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
