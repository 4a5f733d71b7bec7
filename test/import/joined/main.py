# Sykefravær per fylke, måned for måned
from google.cloud import bigquery
import pandas as pd

client = bigquery.Client(project="syfra-prod-1234")

fravaer = client.query("""
    SELECT kommunenr, maaned, SUM(tapte_dagsverk) AS tapte, SUM(mulige_dagsverk) AS mulige
    FROM `ia-prod-9999.statistikk.fravaer`
    GROUP BY kommunenr, maaned
""").to_dataframe()
kommuner = client.query("SELECT kommunenr, fylke FROM `felles-prod-1111.geo.kommuner`").result().to_dataframe()

df = fravaer.merge(kommuner, on="kommunenr", how="left")
df["fylke"] = df["fylke"].fillna("ukjent")
per_fylke = df.groupby(["fylke", "maaned"], as_index=False)[["tapte", "mulige"]].sum()
per_fylke["prosent"] = 100 * per_fylke["tapte"] / per_fylke["mulige"]
print(per_fylke.head())

job_config = bigquery.LoadJobConfig(
    schema=[
        bigquery.SchemaField("fylke", "STRING"),
        bigquery.SchemaField("maaned", "DATE"),
        bigquery.SchemaField("tapte", bigquery.enums.SqlTypeNames.FLOAT64),
        bigquery.SchemaField("mulige", "FLOAT"),
        bigquery.SchemaField("prosent", "FLOAT"),
    ],
    write_disposition="WRITE_TRUNCATE",
)
job = client.load_table_from_dataframe(per_fylke, "syfra-prod-1234.sykefravaer.per_fylke", job_config=job_config)
job.result()
