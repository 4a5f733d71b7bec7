"""Writes to a BigQuery on loopback with Google's Python clients, reads back, and compares.

usage: google_clients.py <endpoint> <storage host:port> <project> <dataset>
"""

import datetime
import decimal
import io
import sys

import grpc
import pandas
import pyarrow
import pyarrow.parquet
from google.api_core.client_options import ClientOptions
from google.api_core.exceptions import BadRequest, Conflict, NotFound, PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1 import BigQueryReadClient
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

endpoint, storage_endpoint, project, dataset = sys.argv[1:]
client = bigquery.Client(
    project=project,
    credentials=AnonymousCredentials(),
    client_options=ClientOptions(api_endpoint=endpoint),
    location="EU",
)
storage = BigQueryReadClient(transport=BigQueryReadGrpcTransport(channel=grpc.insecure_channel(storage_endpoint)))
utc = datetime.timezone.utc

SCHEMA = [
    bigquery.SchemaField("i", "INT64", mode="REQUIRED", description="A number"),
    bigquery.SchemaField("s", "STRING"),
    bigquery.SchemaField("y", "BYTES"),
    bigquery.SchemaField("f", "FLOAT64"),
    bigquery.SchemaField("n", "NUMERIC"),
    bigquery.SchemaField("b", "BOOL"),
    bigquery.SchemaField("d", "DATE"),
    bigquery.SchemaField("ts", "TIMESTAMP"),
    bigquery.SchemaField("dt", "DATETIME"),
    bigquery.SchemaField("t", "TIME"),
    bigquery.SchemaField("l", "INT64", mode="REPEATED"),
    bigquery.SchemaField("r", "RECORD", fields=[bigquery.SchemaField("x", "INT64"), bigquery.SchemaField("z", "STRING", mode="REPEATED")]),
]
ROWS = [
    {
        "i": -(2**63),
        "s": "æøå",
        "y": b"\x00\xff",
        "f": 1.5,
        "n": decimal.Decimal("-12345678901234567890123456789.123456789"),
        "b": True,
        "d": datetime.date(1, 1, 1),
        "ts": datetime.datetime(1960, 1, 1, 0, 0, 0, 123456, tzinfo=utc),
        "dt": datetime.datetime(2020, 1, 1, 1, 2, 3, 500000),
        "t": datetime.time(23, 59, 59, 999999),
        "l": [1, 2],
        "r": {"x": 1, "z": ["a"]},
    },
    {"i": 2, "s": None, "y": None, "f": None, "n": None, "b": None, "d": None, "ts": None, "dt": None, "t": None, "l": [], "r": None},
]


def name(table):
    return f"{project}.{dataset}.{table}"


def check(what, found, wanted):
    if found != wanted:
        raise AssertionError(f"{what}\nfound  {found}\nwanted {wanted}")
    print("ok", what)


def refused(what, error, act):
    try:
        act()
    except error as caught:
        print("ok", what, "-", str(caught).splitlines()[0][:120])
        return
    raise AssertionError(f"{what} was not refused")


def read(table, with_storage):
    rows = client.list_rows(table, selected_fields=client.get_table(table).schema)
    found = rows.to_arrow(bqstorage_client=storage) if with_storage else rows.to_arrow(create_bqstorage_client=False)
    return sorted(found.to_pylist(), key=lambda row: row["i"])


def parquet():
    types = {
        "i": pyarrow.int64(), "s": pyarrow.string(), "y": pyarrow.binary(), "f": pyarrow.float64(), "n": pyarrow.decimal128(38, 9),
        "b": pyarrow.bool_(), "d": pyarrow.date32(), "ts": pyarrow.timestamp("us", "UTC"), "dt": pyarrow.timestamp("us"),
        "t": pyarrow.time64("us"), "l": pyarrow.list_(pyarrow.int64()),
        "r": pyarrow.struct([("x", pyarrow.int64()), ("z", pyarrow.list_(pyarrow.string()))]),
    }
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS, pyarrow.schema(types)), file, use_compliant_nested_type=True)
    options = bigquery.ParquetOptions()
    options.enable_list_inference = True
    config = bigquery.LoadJobConfig(source_format="PARQUET", schema=SCHEMA, parquet_options=options)
    file.seek(0)
    job = client.load_table_from_file(file, name("python_parquet"), job_config=config)
    check("a Parquet load's rows", job.result().output_rows, 2)
    for with_storage in (False, True):
        found = read(name("python_parquet"), with_storage)
        check(f"Parquet read back, storage {with_storage}", found, ROWS)


def json():
    schema = [*SCHEMA, bigquery.SchemaField("bn", "BIGNUMERIC"), bigquery.SchemaField("j", "JSON")]
    big = "12345678901234567890123456789012345678.12345678901234567890123456789012345678"
    rows = [
        {"i": 1, "s": "x", "y": "AP8=", "n": "1.5", "d": "2020-02-29", "ts": "2020-01-01T00:00:00Z", "dt": "2020-01-01T00:00:00",
         "t": "01:02:03", "l": [5], "r": {"x": 1, "z": []}, "bn": big, "j": {"a": [1, None]}},
        {"i": 2},
    ]
    client.load_table_from_json(rows, name("python_json"), job_config=bigquery.LoadJobConfig(schema=schema)).result()
    for with_storage in (False, True):
        first, second = read(name("python_json"), with_storage)
        check(f"BIGNUMERIC, storage {with_storage}", first["bn"], decimal.Decimal(big))
        check(f"JSON, storage {with_storage}", first["j"] in ('{"a":[1,null]}', {"a": [1, None]}), True)
        check(f"NULLs, storage {with_storage}", [second["bn"], second["j"], second["l"]], [None, None, []])


def data_frame():
    frame = pandas.DataFrame({"i": [1, 2], "s": ["a", None]})
    client.load_table_from_dataframe(frame, name("python_frame"), job_config=bigquery.LoadJobConfig(schema=SCHEMA[:2])).result()
    sql = f"SELECT i, s FROM {dataset}.python_frame ORDER BY i"
    found = client.query(sql).to_arrow(bqstorage_client=storage).to_pylist()
    check("a data frame read back", found, [{"i": 1, "s": "a"}, {"i": 2, "s": None}])


def queries():
    parameters = [
        bigquery.ScalarQueryParameter("i", "INT64", 5),
        bigquery.ScalarQueryParameter("d", "DATE", datetime.date(2020, 1, 1)),
        bigquery.ScalarQueryParameter("ts", "TIMESTAMP", datetime.datetime(2020, 1, 1, tzinfo=utc)),
        bigquery.ScalarQueryParameter("n", "NUMERIC", decimal.Decimal("1.5")),
        bigquery.ArrayQueryParameter("l", "STRING", ["a", "b"]),
        bigquery.StructQueryParameter("r", bigquery.ScalarQueryParameter("x", "INT64", 1)),
    ]
    sql = "SELECT @i AS i, @d AS d, @ts AS ts, @n AS n, @l AS l, @r.x AS x"
    (row,) = client.query_and_wait(sql, job_config=bigquery.QueryJobConfig(query_parameters=parameters))
    wanted = (5, datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1, tzinfo=utc), decimal.Decimal("1.5"), ["a", "b"], 1)
    check("parameters", row.values(), wanted)
    dry = client.query(f"SELECT i FROM {dataset}.python_parquet", job_config=bigquery.QueryJobConfig(dry_run=True))
    check("bytes of a dry run", dry.total_bytes_processed, 16)
    refused("a wrong query", BadRequest, lambda: client.query("SELECT nope").result())
    many = client.query("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n ORDER BY n").result(page_size=10000)
    check("pages", [row.n for row in many], list(range(1, 25001)))
    refused("a job id twice", Conflict, lambda: [client.query("SELECT 1", job_id="python_once", job_retry=None).result() for _ in range(2)])


def tables():
    table = bigquery.Table(name("python_table"), schema=SCHEMA)
    table.time_partitioning = bigquery.TimePartitioning(field="d")
    table.clustering_fields = ["i"]
    table.labels = {"a": "b"}
    made = client.create_table(table)
    check("a table's schema", [(it.name, it.field_type, it.mode) for it in made.schema], [(it.name, *legacy(it)) for it in SCHEMA])
    refused("a table twice", Conflict, lambda: client.create_table(table))
    stale = client.get_table(made)
    stale.description = "first"
    client.update_table(stale, ["description"])
    stale.description = "second"
    refused("a stale etag", PreconditionFailed, lambda: client.update_table(stale, ["description"]))
    check("a description", client.get_table(made).description, "first")
    client.delete_table(made)
    refused("a table that is gone", NotFound, lambda: client.get_table(made))


def legacy(field):
    return {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}.get(field.field_type, field.field_type), field.mode


def transaction():
    client.query_and_wait(f"CREATE TABLE {dataset}.python_target (i INT64 NOT NULL)")
    script = f"BEGIN TRANSACTION; DELETE FROM {dataset}.python_target WHERE TRUE; INSERT INTO {dataset}.python_target SELECT 7; COMMIT"
    job = client.query(script)
    job.result()
    check("jobs of a script", len(list(client.list_jobs(parent_job=job))), 4)
    check("rows of a transaction", [row.i for row in client.query_and_wait(f"SELECT i FROM {dataset}.python_target")], [7])


for part in (parquet, json, data_frame, queries, tables, transaction):
    part()
print("done")
