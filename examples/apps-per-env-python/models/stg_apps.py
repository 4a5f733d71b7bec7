import pandas as pd


def stg_apps(apps: pd.DataFrame) -> pd.DataFrame:
    cluster = apps["cluster"]
    # An app in production is one whose cluster's name begins with prod: `nonprod-gcp` merely contains the word.
    apps["env"] = pd.Series("dev", apps.index).mask(cluster.str.startswith("prod-", na=False), "prod")
    apps["datacenter"] = pd.Series("on_prem", apps.index).mask(cluster.str.endswith("-gcp", na=False), "gcp")
    # Of an app without a cluster neither is known.
    apps.loc[cluster.isna(), ["env", "datacenter"]] = None
    return apps[["dato", "name", "team", "cluster", "env", "datacenter"]]
