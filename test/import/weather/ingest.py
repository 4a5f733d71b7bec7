import logging
import os
from datetime import date, timedelta

import pandas as pd
import requests

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)

API_URL = "https://api.open-meteo.com/v1/forecast"


def fetch_weather():
    start = date.today() - timedelta(days=7)
    response = requests.get(
        API_URL,
        params={
            "latitude": 45.75,
            "longitude": 4.85,
            "hourly": "temperature_2m,precipitation,windspeed_10m",
            "start_date": start.isoformat(),
            "timezone": "Europe/Paris",
        },
        headers={"X-Api-Key": os.environ["WEATHER_API_KEY"]},
        timeout=30,
    )
    response.raise_for_status()
    data = response.json()
    return pd.DataFrame(data["hourly"])


def summarise(hourly: pd.DataFrame) -> pd.DataFrame:
    hourly = hourly.dropna(subset=["temperature_2m"])
    hourly["date"] = pd.to_datetime(hourly["time"]).dt.date
    daily = hourly.groupby("date").agg(
        min_temp=("temperature_2m", "min"),
        max_temp=("temperature_2m", "max"),
        precipitation=("precipitation", "sum"),
    )
    return daily.round(1).reset_index()


def main():
    try:
        hourly = fetch_weather()
        logger.info("Fetched %d rows", len(hourly))
        daily = summarise(hourly)
        daily.to_gbq("weather.daily", if_exists="replace")
    except Exception as error:
        logger.error(error)
        raise


main()
