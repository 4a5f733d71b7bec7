import os
from datetime import date

import pandas as pd
import requests
from google.cloud import bigquery, secretmanager

client = bigquery.Client()
dato = date.today().isoformat()


def hent_token():
    sm = secretmanager.SecretManagerServiceClient()
    name = f"{os.environ['KNADA_TEAM_SECRET']}/versions/latest"
    return sm.access_secret_version(name=name).payload.data.decode()


def hent_saker(token):
    rader = []
    side = 1
    while True:
        svar = requests.get(f"https://saker.intern.nav.no/api?side={side}", headers={"Authorization": token})
        rader += svar.json()["saker"]
        if not svar.json()["neste"]:
            break
        side += 1
    return pd.DataFrame(rader)


def main():
    saker = hent_saker(hent_token())
    query = f"SELECT enhet, navn FROM `org.enheter` WHERE gyldig_fra <= '{dato}'"
    enheter = client.query(query).to_dataframe()
    alle = saker.merge(enheter, on="enhet")
    alle["alder"] = pd.Timestamp.now() - pd.to_datetime(alle["opprettet"])
    client.query("DELETE FROM saker.alle WHERE TRUE").result()
    alle.to_gbq(f"saker.alle_{dato}", if_exists="append")
    alle.groupby("navn").size().reset_index(name="antall").to_gbq("saker.per_enhet", if_exists="fail")
    alle.to_csv("/tmp/alle.csv")


if __name__ == "__main__":
    main()
