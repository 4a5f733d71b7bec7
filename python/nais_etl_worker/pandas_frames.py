"""Between Parquet and frames of pandas: every value as it is, in the types that people expect of a frame."""

import json
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from . import trouble
from .arrow_types import arrow_type, parse
from .trouble import problem

hidden_types = (pa.types.is_list, pa.types.is_large_list, pa.types.is_struct)


def read(given):
    table = pq.ParquetFile(given["file"]).read(columns=given.get("columns"))
    table = without_extensions(table)
    odd = {name: to_series(table.column(name), given["types"].get(name)) for name in table.column_names}
    plain = [name for name in table.column_names if odd[name] is None]
    frame = table.select(plain).to_pandas(date_as_object=False)
    if len(plain) == len(table.column_names):
        return frame
    for name, series in odd.items():
        if series is not None:
            frame[name] = series
    return frame[table.column_names]


def without_extensions(table):
    """JSON is text here."""
    for i, field in enumerate(table.schema):
        if isinstance(field.type, pa.BaseExtensionType):
            column = table.column(i)
            storage = pa.chunked_array([chunk.storage for chunk in column.chunks], type=field.type.storage_type)
            table = table.set_column(i, field.name, storage)
    return table


def to_series(column, declared):
    """Where pandas' own way would change values: a number with NULLs to a float, a list to an array."""
    kind = column.type
    if any(is_kind(kind) for is_kind in hidden_types):
        return pd.Series(column.to_pylist(), dtype=object)
    if declared == "BIGNUMERIC":
        return pd.Series([None if v is None else Decimal(v) for v in column.to_pylist()], dtype=object)
    if column.null_count == 0:
        return None
    if pa.types.is_int64(kind):
        return pd.Series(column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get))
    if pa.types.is_boolean(kind):
        return pd.Series(column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get))
    return None


def write(result, request):
    frame = frame_of(result, request["function"])
    declared = request.get("declared") or {}
    names, arrays = [], []
    for place, name in enumerate(frame.columns):
        wanted = declared.get(name)
        kept = None if wanted else request["known"].get(name)
        arrays.append(to_arrow(frame.iloc[:, place], name, wanted, kept))
        names.append(name)
    table = pa.Table.from_arrays(arrays, names=names)
    pq.write_table(table, request["output"], row_group_size=122880, store_schema=False)
    return table.num_rows


def frame_of(result, function):
    if trouble.library_name(result) == "polars" and type(result).__name__ in ("DataFrame", "LazyFrame"):
        result = result.lazy().collect().to_pandas()
    if not isinstance(result, pd.DataFrame):
        raise trouble.returned(result, function, "pandas")
    named = [name for name in result.index.names if name is not None]
    if named:
        what = f"`{named[0]}`" if len(named) == 1 else ", ".join(f"`{name}`" for name in named)
        raise problem(
            "python-index",
            f"{what} is in the index of what `{function}` returned, and would be lost"
            if len(named) == 1
            else f"{what} are in the index of what `{function}` returned, and would be lost",
            "Make columns of the index: return df.reset_index(), or groupby(…, as_index=False).",
        )
    trouble.check_names(list(result.columns), function)
    return result


def to_arrow(series, name, wanted, kept):
    type_ = parse(wanted) if wanted else None
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype) if len(series.cat.categories) else series.astype(object)
    refuse_dtype(series, name)
    if type_ and type_["kind"] in ("ARRAY", "STRUCT"):
        return nested(series, name, type_, wanted)
    if type_ and type_["kind"] == "JSON":
        return as_json(series, name)
    if type_ and type_["kind"] == "BIGNUMERIC" and series.dtype == object:
        return pa.array([None if missing(v) else exact(v) for v in series], type=pa.string())
    array = natural(series, name)
    return adapt(array, name, type_, wanted, kept)


def refuse_dtype(series, name):
    kind = str(series.dtype)
    if kind.startswith("timedelta") or kind.startswith("duration"):
        raise problem(
            "python-type",
            f"the column `{name}` holds spans of time, which a table cannot",
            f"Make a number of it: df['{name}'].dt.total_seconds().",
            name,
        )
    if kind.startswith("period"):
        raise problem(
            "python-type",
            f"the column `{name}` holds periods, which a table cannot",
            f"Make a day of it, df['{name}'].dt.to_timestamp(), or a text, df['{name}'].astype(str).",
            name,
        )
    if kind.startswith("interval") or kind.startswith("complex"):
        raise problem(
            "python-type",
            f"the column `{name}` is {kind.split('[')[0]}, which a table cannot hold",
            f"Make a text of it: df['{name}'].astype(str).",
            name,
        )
    if kind.startswith("Sparse"):
        raise problem("python-type", f"the column `{name}` is sparse", f"Fill it: df['{name}'].sparse.to_dense().", name)


def natural(series, name):
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, TypeError, ValueError):
        kinds = sorted({type(value).__name__ for value in series if not missing(value)})
        if len(kinds) == 1:
            raise problem(
                "python-type",
                f"the column `{name}` holds objects of Python ({kinds[0]}), which a table cannot",
                f"Make texts or numbers of them: df['{name}'].map(str).",
                name,
            ) from None
        raise problem(
            "python-type",
            f"the column `{name}` holds values of several types: {', '.join(kinds)}",
            f"Make one of them: df['{name}'].astype(str), or pd.to_numeric(df['{name}'], errors='coerce').",
            name,
        ) from None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array


def missing(value):
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def exact(value):
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def adapt(array, name, type_, wanted, kept):
    """Undoes what pandas does to types: a whole number beside NaN is a float, a day is a moment at midnight."""
    kind = type_["kind"] if type_ else None
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), arrow_type(parse(wanted or kept or "STRING")))
    if pa.types.is_floating(array.type) and (kind == "INT64" or kept == "INT64"):
        return whole(array, name, wanted)
    if pa.types.is_timestamp(array.type):
        if array.type.tz is None and (kind == "DATE" or kept == "DATE"):
            return days(array, name, wanted)
        return microseconds(array, name)
    if pa.types.is_decimal(array.type) and kind == "NUMERIC":
        return decimals(array, name, type_, wanted)
    if pa.types.is_decimal(array.type) and kind == "BIGNUMERIC":
        return pa.array([None if v is None else exact(v) for v in array.to_pylist()], type=pa.string())
    if pa.types.is_uint64(array.type):
        return safe_cast(array, pa.int64(), name, "numbers beyond INT64", "Make texts of them: .astype(str).")
    return array


def whole(array, name, wanted):
    odd = pc.sum(pc.not_equal(pc.floor(array), array)).as_py() or 0
    if odd and not wanted:
        return array
    if odd:
        raise problem(
            "python-type",
            f"the column `{name}` has {count(odd)} that {'is' if odd == 1 else 'are'} not whole; its contract says {wanted}",
            f"Round it: df['{name}'].round().astype('Int64'). Or declare FLOAT64.",
            name,
        )
    return safe_cast(array, pa.int64(), name, "numbers beyond INT64", "Declare FLOAT64.")


def days(array, name, wanted):
    floored = pc.floor_temporal(array, unit="day")
    odd = pc.sum(pc.not_equal(floored, array)).as_py() or 0
    if not odd:
        return array.cast(pa.timestamp("us"), safe=False).cast(pa.date32(), safe=False)
    if not wanted:
        return microseconds(array, name)
    raise problem(
        "python-type",
        f"the column `{name}` has {count(odd)} with a time of day; its contract says {wanted}",
        f"Cut them: df['{name}'].dt.normalize(). Or declare DATETIME.",
        name,
    )


def microseconds(array, name):
    return safe_cast(
        array,
        pa.timestamp("us", array.type.tz),
        name,
        "times finer than a microsecond",
        f"Cut them: df['{name}'].dt.floor('us').",
    )


def decimals(array, name, type_, wanted):
    return safe_cast(
        array,
        arrow_type(type_),
        name,
        f"numbers with more digits than {wanted} has",
        f"Round them: df['{name}'].map(lambda x: round(x, {type_['scale']})).",
    )


def safe_cast(array, type_, name, what, hint):
    try:
        return array.cast(type_)
    except (pa.ArrowInvalid, OverflowError):
        raise problem("python-type", f"the column `{name}` has {what}", hint, name) from None


def as_json(series, name):
    values = [None if missing(value) else json_text(value) for value in series]
    try:
        return pa.array(values, type=pa.string())
    except (TypeError, ValueError, pa.ArrowInvalid):
        raise problem("python-type", f"the column `{name}` holds what JSON cannot", None, name) from None


def json_text(value):
    """A text is taken for JSON that is written already."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def nested(series, name, type_, wanted):
    values = [None if not isinstance(value, (list, dict, tuple)) and not hasattr(value, "tolist") and missing(value) else plain(value) for value in series]
    try:
        return pa.array(values, type=arrow_type(type_))
    except (TypeError, ValueError, pa.ArrowInvalid, pa.ArrowTypeError):
        raise problem(
            "python-type",
            f"the column `{name}` holds values that are not {wanted}",
            "Lists are Python lists, structs are dicts with the declared names.",
            name,
        ) from None


def plain(value):
    """Arrays of numpy are lists, and their numbers are Python's."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return None if missing(value) else value


def count(number):
    return "1 value" if number == 1 else f"{number:,} values"
