"""The bucket: made before training, copied to a folder after it, key by key."""

from pathlib import Path

import boto3
from botocore.config import Config

from services import CREDENTIALS


class Bucket:
    def __init__(self, endpoint: str, name: str) -> None:
        self.name = name
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
            config=Config(s3={"addressing_style": "path"}),
        )

    def create(self) -> None:
        self.client.create_bucket(Bucket=self.name)

    def download(self, folder: Path) -> int:
        """Every object to `<folder>/<key>`; returns how many there were."""
        count = 0
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name):
            for item in page.get("Contents", []):
                target = folder / item["Key"]
                target.parent.mkdir(parents=True, exist_ok=True)
                self.client.download_file(self.name, item["Key"], str(target))
                count += 1
        return count
