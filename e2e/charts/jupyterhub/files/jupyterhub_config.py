"""The hub: its settings from the chart's values, users' servers as processes beside it."""

import os
from pathlib import Path

import yaml

values = yaml.safe_load(Path("/usr/local/etc/jupyterhub/secret/values.yaml").read_text(encoding="utf-8"))

c = get_config()  # noqa: F821
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = "http://hub:8081"
c.JupyterHub.db_url = "sqlite:////srv/jupyterhub/jupyterhub.sqlite"
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://proxy-api:8001"

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "/srv/jupyterhub/users/{username}"
# The proxy runs in another pod.
c.Spawner.ip = os.environ["POD_IP"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
c.Spawner.env_keep = [*os.environ.get("KEEP", "").split(), "PATH", "LANG"]
c.Spawner.environment = values["singleuser"]["extraEnv"]

for section, settings in values["hub"]["config"].items():
    c[section].update(settings)
