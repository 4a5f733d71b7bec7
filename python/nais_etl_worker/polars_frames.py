"""Between Parquet and frames of polars, which knows all types but JSON and BIGNUMERIC: those are text."""

import polars as pl

from . import trouble
from .trouble import problem


def read(given):
    frame = pl.scan_parquet(given["file"])
    if given.get("columns"):
        frame = frame.select(given["columns"])
    binary = [name for name, type_ in given["types"].items() if type_ in ("JSON", "STRING")]
    schema = frame.collect_schema()
    texts = [pl.col(name).cast(pl.String) for name in binary if schema.get(name) == pl.Binary]
    frame = frame.with_columns(texts) if texts else frame
    return frame if given.get("lazy") else frame.collect()


def write(result, request):
    frame = frame_of(result, request["function"])
    declared = request.get("declared") or {}
    columns = [adapt(frame[name], name, declared.get(name), request["known"].get(name)) for name in frame.columns]
    # Texts and bytes as others write them; statistics of a file that is read once are of no use.
    pl.DataFrame(columns).write_parquet(request["output"], row_group_size=122880, compression="snappy")
    return frame.height


def frame_of(result, function):
    if isinstance(result, pl.LazyFrame):
        result = result.collect()
    if trouble.library_name(result) == "pandas" and type(result).__name__ == "DataFrame":
        raise problem(
            "python-result",
            f"`{function}` takes frames of polars and returned one of pandas",
            "Return pl.from_pandas(df), or annotate the parameter: df: pd.DataFrame.",
        )
    if not isinstance(result, pl.DataFrame):
        raise trouble.returned(result, function, "polars")
    trouble.check_names(result.columns, function)
    return result


def adapt(series, name, wanted, kept):
    dtype = series.dtype
    if dtype == pl.Null:
        return series.cast(nothing_of(wanted or kept))
    if dtype in (pl.Categorical, pl.Enum):
        return series.cast(pl.String)
    if dtype == pl.Duration:
        raise problem(
            "python-type",
            f"the column `{name}` holds spans of time, which a table cannot",
            f"Make a number of it: pl.col('{name}').dt.total_seconds().",
            name,
        )
    if dtype == pl.Object:
        raise problem(
            "python-type",
            f"the column `{name}` holds objects of Python, which a table cannot",
            "Make texts or numbers of them.",
            name,
        )
    if dtype == pl.Datetime and dtype.time_unit != "us":
        return microseconds(series, name)
    if dtype == pl.Time:
        return times(series, name)
    if dtype == pl.UInt64:
        return numbers(series, name)
    if dtype == pl.Array:
        return series.cast(pl.List(dtype.inner))
    return series


def nothing_of(type_):
    word = (type_ or "STRING").split("(")[0]
    return {
        "INT64": pl.Int64,
        "FLOAT64": pl.Float64,
        "BOOL": pl.Boolean,
        "DATE": pl.Date,
        "DATETIME": pl.Datetime("us"),
        "TIMESTAMP": pl.Datetime("us", "UTC"),
        "TIME": pl.Time,
        "BYTES": pl.Binary,
        "NUMERIC": pl.Decimal(38, 9),
    }.get(word, pl.String)


def microseconds(series, name):
    cut = series.dt.cast_time_unit("us")
    if series.dtype.time_unit == "ns" and (series != cut.dt.cast_time_unit("ns")).any():
        raise too_fine(name)
    return cut


def times(series, name):
    if (series.cast(pl.Int64) % 1000 != 0).any():
        raise too_fine(name)
    return series


def too_fine(name):
    return problem(
        "python-type",
        f"the column `{name}` has times finer than a microsecond",
        f"Cut them: pl.col('{name}').dt.truncate('1us').",
        name,
    )


def numbers(series, name):
    try:
        return series.cast(pl.Int64)
    except pl.exceptions.InvalidOperationError:
        raise problem(
            "python-type",
            f"the column `{name}` has numbers beyond INT64",
            f"Make texts of them: pl.col('{name}').cast(pl.String).",
            name,
        ) from None
