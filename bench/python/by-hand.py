"""What a team has today: the guide's function on a Parquet file, and its rows in another."""

import sys

import pandas as pd

from count_apps import count_apps

source, target = sys.argv[1:]
count_apps(pd.read_parquet(source)).to_parquet(target, index=False)
