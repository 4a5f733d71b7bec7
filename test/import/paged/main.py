"""Each night: those who borrowed city bikes, per day and part of town, to BigQuery."""
import os
import sys
from datetime import date, timedelta

import pandas as pd
import pandas_gbq
import requests

API = os.environ.get("BIKES_API", "http://127.0.0.1:8085")
TOKEN = os.environ["BIKES_TOKEN"]
PROJECT = os.environ["GCP_TEAM_PROJECT_ID"]
PARTS = {"01": "Centre", "02": "Centre", "03": "North", "04": "South"}


def fetch(day):
    """All rides of one day, page by page."""
    rows, page = [], 1
    while True:
        answer = requests.get(
            f"{API}/v2/rides",
            params={"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat(), "page": page, "size": 100},
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=30,
        )
        answer.raise_for_status()
        body = answer.json()
        rows += body["data"]["items"]
        if page >= body["data"]["pages"]:
            break
        page += 1
    return pd.DataFrame(rows)


def per_part(df):
    df = df[df["status"] != "cancelled"].copy()
    df["started_at"] = pd.to_datetime(df["started_at"], utc=True)
    df["day"] = df["started_at"].dt.tz_convert("Europe/Oslo").dt.date
    df["part"] = df["station"].str[:2].map(PARTS).fillna("Unknown")
    df["kind"] = df["kind"].str.lower()
    out = (
        df.groupby(["day", "part", "kind"], as_index=False)
        .agg(rides=("count", "sum"), stations=("station", "nunique"))
    )
    out["share"] = (out["rides"] / out.groupby("day")["rides"].transform("sum")).round(3)
    return out.sort_values(["day", "part", "kind"]).reset_index(drop=True)


def main():
    day = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else date.today() - timedelta(days=1)
    df = fetch(day)
    if df.empty:
        print("nothing to do")
        return
    out = per_part(df)
    print(f"{len(df)} rides, {len(out)} rows")
    pandas_gbq.to_gbq(out, "mobility.rides_per_part", project_id=PROJECT, if_exists="append")


if __name__ == "__main__":
    main()
