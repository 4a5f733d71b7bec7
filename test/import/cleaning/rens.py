import re

import numpy as np
import pandas as pd
import pandas_gbq

TABELL = "linjer." + "renset"
GYLDIGE = {101, 102, 120}


def tall(tekst):
    return float(re.sub(r"\s", "", str(tekst)).replace(",", "."))


def rens(df: pd.DataFrame, grense: float = 0.5) -> pd.DataFrame:
    df = df.dropna(subset=["linje"])
    df = df[df["linje"].isin(GYLDIGE)]
    df["verdi"] = df["verdi"].map(tall)
    df["over"] = np.where(df["verdi"] > grense, "ja", "nei")
    return df[["linje", "dtprod", "verdi", "over"]]


df = pd.read_csv(
    "data/linjer.csv",
    sep=";",
    decimal=",",
    encoding="latin-1",
    na_values=["-", "n/a"],
    dayfirst=True,
)
df.columns = [kolonne.lower() for kolonne in df.columns]
renset = rens(df)
pandas_gbq.to_gbq(renset, TABELL, if_exists="append")
