"""What went wrong, in parts: the words are put together in src/etl/transform/python/."""

import os
import sys
import traceback


class Failure(Exception):
    def __init__(self, details):
        super().__init__(details.get("kind"))
        self.details = details


def problem(rule, message, hint=None, column=None):
    """A result that is no table. Neither text may hold a value of it."""
    return Failure({"kind": "result", "rule": rule, "message": message, "hint": hint, "column": column})


def explain(error, request):
    folder = request.get("folder", "/")
    frames = frames_of(error, folder)
    mine = [frame for frame in frames if frame["mine"]]
    return {
        "kind": "exception",
        "type": type(error).__name__,
        "message": clean(text_of(error)),
        "name": name_of(error),
        "environment": is_of_environment(error),
        "place": syntax_place(error, folder) or (mine[-1] if mine else None),
        **near(error, folder),
        "trace": [{key: frame[key] for key in ("file", "line", "function")} for frame in frames],
        "traceback": clean("".join(traceback.format_exception(type(error), error, error.__traceback__))),
    }


def clean(text):
    return text.encode("utf-8", "replace").decode("utf-8")


def text_of(error):
    """A KeyError's text is its key as it is written."""
    if isinstance(error, SyntaxError):
        return error.msg or ""
    if isinstance(error, SystemExit):
        return "" if error.code is None else str(error.code)
    try:
        return str(error)
    except Exception:
        return ""


def name_of(error):
    """The name that was not found, where the error knows it."""
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        return error.args[0]
    return getattr(error, "name", None) if isinstance(getattr(error, "name", None), str) else None


def is_of_environment(error):
    """Whether it is os.environ that does not know a key."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return isinstance(error, KeyError) and at is not None and at.tb_frame.f_locals.get("self") is os.environ


def syntax_place(error, folder):
    if not isinstance(error, SyntaxError) or not error.filename:
        return None
    if not is_mine(error.filename, folder):
        return None
    return {"file": error.filename, "line": error.lineno or 1, "column": error.offset, "code": (error.text or "").strip()}


def frames_of(error, folder):
    found = []
    for entry in traceback.extract_tb(error.__traceback__):
        found.append(
            {
                "file": entry.filename,
                "line": entry.lineno,
                "function": entry.name,
                "code": (entry.line or "").strip(),
                "mine": is_mine(entry.filename, folder),
            }
        )
    return found


def is_mine(file, folder):
    """Compiled packages name their sources from a folder that is not here: pandas/_libs/tslibs/timestamps.pyx."""
    inside = os.path.isabs(file) and os.path.abspath(file).startswith(os.path.join(folder, ""))
    return inside and "site-packages" not in file and ".venv" not in file


def near(error, folder):
    """Columns and index names of the frames that the failing function had at hand: what a misspelt name may have meant."""
    columns, levels = {}, {}
    at = error.__traceback__
    while at is not None:
        if is_mine(at.tb_frame.f_code.co_filename, folder):
            for value in list(at.tb_frame.f_locals.values()):
                for name in names_of(value, "columns"):
                    columns.setdefault(name)
                for name in names_of(value, "index"):
                    levels.setdefault(name)
        at = at.tb_next
    return {"columns": list(columns)[:500], "levels": list(levels)[:50]}


def names_of(value, part):
    kind = type(value)
    if kind.__module__.split(".")[0] not in ("pandas", "polars"):
        return []
    try:
        if kind.__name__ == "LazyFrame":
            names = value.collect_schema().names() if part == "columns" else []
        elif kind.__name__ == "DataFrameGroupBy":
            names = value.obj.columns if part == "columns" else value.obj.index.names
        elif kind.__name__ in ("DataFrame", "Series") and part == "index":
            names = value.index.names
        else:
            names = value.columns if kind.__name__ == "DataFrame" else []
        return [clean(name) for name in names if isinstance(name, str)]
    except BaseException:
        return []


def library_name(value):
    return type(value).__module__.split(".")[0]


def returned(result, function, wanted):
    """@returns what to say of a result that is no frame of the wanted library"""
    name = type(result).__name__
    library = library_name(result)
    if result is None:
        return problem("python-result", f"`{function}` returned nothing", "Its last line should be `return df`.")
    if name == "Series":
        cure = "return series.reset_index(name='value')" if library == "pandas" else "return series.to_frame()"
        return problem(
            "python-result",
            f"`{function}` returned a Series, which is one column and no table",
            f"Return a DataFrame: {cure}.",
        )
    if name == "DataFrameGroupBy" or name == "GroupBy":
        return problem(
            "python-result",
            f"`{function}` returned groups without a sum",
            "Aggregate them: .count(), .sum() or .agg(…), then .reset_index().",
        )
    if isinstance(result, (list, dict)):
        import_as = "pd" if wanted == "pandas" else "pl"
        return problem(
            "python-result",
            f"`{function}` returned a {name}, not a data frame",
            f"Make one of it: return {import_as}.DataFrame(rows).",
        )
    article = "an" if name[:1] in "aeiouAEIOU" else "a"
    return problem("python-result", f"`{function}` returned {article} {name}, not a data frame", "Return a DataFrame of pandas or polars.")


def check_names(columns, function):
    seen = {}
    for column in columns:
        if not isinstance(column, str):
            what = "several levels (a MultiIndex)" if isinstance(column, tuple) else f"the {type(column).__name__}"
            raise problem(
                "python-result",
                f"a column of what `{function}` returned has {what} for a name, not a text",
                "Name the columns: df.columns = ['a', 'b'].",
            )
        key = column.lower()
        if key in seen:
            twin = seen[key]
            both = f"two columns named `{column}`" if twin == column else f"the columns `{twin}` and `{column}`, which are one name in a table"
            raise problem(
                "python-result",
                f"`{function}` returned {both}",
                f"Rename or drop one: df.rename(columns={{…}}), or suffixes=(…) where a merge made it.",
                column,
            )
        seen[key] = column
    if not seen:
        raise problem("python-result", f"`{function}` returned a frame without columns", "Return at least one column.")
