import pandas_gbq
import pandas as pd

PROJECT = "nais-analyse-prod-2dcc"
GCP_CLUSTERS = ["dev-gcp", "prod-gcp"]


def les_dataprodukt():
    """Daglige øyeblikksbilder av alle applikasjoner på nais."""
    query = """
        SELECT dato, cluster, name, team
        FROM `dataproducts-prod-1234.dataproduct_apps.unique`
        WHERE dato >= DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY)
    """
    return pandas_gbq.read_gbq(query, project_id=PROJECT)


# dev eller prod står først i navnet på klusteret
def env_of(cluster):
    return cluster.split("-")[0]


def count_apps(df):
    df["env"] = df["cluster"].apply(env_of)
    df["datacenter"] = df["cluster"].isin(GCP_CLUSTERS).map({True: "gcp", False: "on_prem"})
    df = df.groupby(["dato", "env", "datacenter"])["name"].count().reset_index()
    return df.rename(columns={"name": "antall_apper"})


def lagre(df):
    df.to_gbq(
        "apps_aggregated.apps_per_env",
        project_id=PROJECT,
        if_exists="replace",
        table_schema=[
            {"name": "dato", "type": "DATE"},
            {"name": "env", "type": "STRING"},
            {"name": "datacenter", "type": "STRING"},
            {"name": "antall_apper", "type": "INTEGER"},
        ],
    )


if __name__ == "__main__":
    df = les_dataprodukt()
    df = count_apps(df)
    lagre(df)
