"""The guide's transformation, as it is written there."""


def count_apps(df):
    df["env"] = df["cluster"].apply(lambda cluster: "prod" if cluster.startswith("prod") else "dev")
    df["datacenter"] = df["cluster"].apply(lambda cluster: "gcp" if cluster.endswith("gcp") else "on_prem")
    df = df.groupby(["dato", "env", "datacenter"], as_index=False)["name"].count()
    df = df.rename(columns={"name": "antall_apper"})
    return df
