import pandas as pd


def apps_per_env(stg_apps: pd.DataFrame) -> pd.DataFrame:
    groups = stg_apps.groupby(["dato", "env", "datacenter"], as_index=False, dropna=False)
    return groups.size().rename(columns={"size": "antall_apper"})
