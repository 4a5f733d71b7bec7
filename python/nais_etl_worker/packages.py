"""Which packages are installed, without loading them; and loading them before they are needed."""

import gc
import importlib
import importlib.util
import sys
import threading
from importlib import metadata


def look(request):
    sys.path[:0] = [path for path in request.get("paths", []) if path not in sys.path]
    return {
        "version": list(sys.version_info[:3]),
        "missing": [name for name in request.get("modules", []) if not is_there(name)],
        "installed": {name: installed(name) for name in request.get("packages", [])},
        "environment": environment(),
    }


def environment():
    """What the markers of a requirement ask for. Source: https://peps.python.org/pep-0508/#environment-markers"""
    import os
    import platform

    return {
        "os_name": os.name,
        "sys_platform": sys.platform,
        "platform_machine": platform.machine(),
        "platform_system": platform.system(),
        "python_version": ".".join(map(str, sys.version_info[:2])),
        "python_full_version": platform.python_version(),
        "implementation_name": sys.implementation.name,
        "platform_python_implementation": platform.python_implementation(),
    }


def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def installed(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


loading = []


def load(names):
    """Beside other work: a question about packages need not wait for it."""
    thread = threading.Thread(target=load_all, args=(names,), daemon=True)
    thread.start()
    loading.append(thread)


def load_all(names):
    """What is wrong with a package is said when a model uses it."""
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:
            return


def loaded():
    """Once all is loaded: what libraries hold is never given back, and need not be looked at when memory is."""
    if not loading:
        return
    for thread in loading:
        thread.join()
    loading.clear()
    gc.freeze()
    gc.enable()
