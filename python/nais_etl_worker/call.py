"""Calls the function of a model with data frames, and keeps what it returns."""

import importlib.util
import os
import sys
import time
import types
from datetime import date, datetime

from . import trouble
from .trouble import Failure

modules = {}


def call(request):
    library = library_of(request["frame"])
    frames = [library.read(each) for each in request["inputs"]]
    started = time.perf_counter()
    try:
        function = function_of(request)
        result = function(*frames, **values_of(request))
        del frames
        rows = library.write(result, request)
    except Failure:
        raise
    except BaseException as error:
        raise Failure(trouble.explain(error, request)) from None
    return {"rows": rows, "seconds": time.perf_counter() - started}


def library_of(frame):
    try:
        if frame == "polars":
            from . import polars_frames as library
        else:
            from . import pandas_frames as library
    except ImportError as error:
        raise Failure({"kind": "import", "module": error.name or frame, "message": str(error)}) from None
    return library


def function_of(request):
    file = request["file"]
    if "text" in request:
        return getattr(instead(request["text"], file), request["function"])
    if file not in modules:
        sys.path[:0] = [path for path in request["paths"] if path not in sys.path]
        modules[file] = load(file)
    return getattr(modules[file], request["function"])


def instead(text, file):
    """A changed text of a file that was loaded before, which stays as it is."""
    module = types.ModuleType(name_of(file))
    module.__file__ = file
    exec(compile(text, file, "exec"), module.__dict__)
    return module


def name_of(file):
    """Of its own: a model may be called as a library is."""
    return "nais_etl_model_" + os.path.splitext(os.path.basename(file))[0]


def load(file):
    name = name_of(file)
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def values_of(request):
    return {name: value_of(request["frame"], **given) for name, given in request["values"].items()}


def value_of(frame, type, value):
    if type == "DATE":
        day = date.fromisoformat(value)
        return stamp(day) if frame == "pandas" else day
    if type == "TIMESTAMP":
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return stamp(moment) if frame == "pandas" else moment
    if type == "INT64":
        return int(value)
    if type == "FLOAT64":
        return float(value)
    return value


def stamp(value):
    """What pandas compares its columns of dates with; it is a datetime, too."""
    import pandas

    return pandas.Timestamp(value)
