"""Makes a Parquet file of a table with pyarrow and loads it with Google's own client, as its documentation does."""

import json
import os
import resource
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

rows = int(os.environ.get("BENCH_ROWS", "10000000"))


def server_cpu():
    """Source: proc(5), utime and stime, in hundredths."""
    fields = Path(f"/proc/{os.environ['BENCH_SERVER']}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


client = bigquery.Client(
    project=os.environ["BENCH_PROJECT"],
    credentials=AnonymousCredentials(),
    client_options=ClientOptions(api_endpoint=os.environ["BENCH_API"]),
)
database = duckdb.connect()
database.execute("SET TimeZone = 'UTC'")
big = database.execute(Path(__file__).with_name("rows.sql").read_text().replace("$rows", str(rows))).to_arrow_table()
settings = bigquery.LoadJobConfig(source_format=bigquery.SourceFormat.PARQUET)
with tempfile.TemporaryDirectory() as folder:
    started, before, server = time.perf_counter(), time.process_time(), server_cpu()
    parquet.write_table(big, f"{folder}/big.parquet")
    with open(f"{folder}/big.parquet", "rb") as file:
        job = client.load_table_from_file(file, f"bench.theirs_{os.getpid()}", job_config=settings)
    cpu, seconds = time.process_time() - before, time.perf_counter() - started
    told = {"seconds": seconds, "cpu": cpu, "serverCpu": server_cpu() - server}
    job.result()
client.delete_table(f"bench.theirs_{os.getpid()}")
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({**told, "memory": memory}))
