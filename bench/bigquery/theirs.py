"""Reads the table with Google's own client, as its documentation does, into a table of DuckDB."""

import json
import os
import resource
import time
from pathlib import Path

import duckdb
import grpc
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1 import BigQueryReadClient
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

project = os.environ["BENCH_PROJECT"]


def server_cpu():
    """Source: proc(5), utime and stime, in hundredths."""
    fields = Path(f"/proc/{os.environ['BENCH_SERVER']}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


channel = grpc.insecure_channel(
    os.environ["BENCH_STORAGE"],
    options=[("grpc.max_receive_message_length", -1)],
)
storage = BigQueryReadClient(transport=BigQueryReadGrpcTransport(channel=channel))
client = bigquery.Client(
    project=project,
    credentials=AnonymousCredentials(),
    client_options=ClientOptions(api_endpoint=os.environ["BENCH_API"]),
)
database = duckdb.connect()
started, before, server = time.perf_counter(), time.process_time(), server_cpu()
big = client.list_rows(f"{project}.bench.big").to_arrow(bqstorage_client=storage, create_bqstorage_client=False)
database.execute("CREATE TABLE big AS SELECT * FROM big")
cpu, seconds = time.process_time() - before, time.perf_counter() - started
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "cpu": cpu, "serverCpu": server_cpu() - server, "memory": memory}))
