"""
Requests come as lines of JSON on file descriptor 3, and are answered one at a time on 4.
Standard output and error belong to the models: what they print is sent along as messages of its own.
"""

import faulthandler
import gc
import io
import json
import os
import queue
import signal
import sys
import threading

requests_fd, answers_fd = 3, 4


class Answers:
    """Writes messages, each a line, whichever thread they come from."""

    def __init__(self):
        self.file = os.fdopen(answers_fd, "w", encoding="utf-8", newline="\n")
        self.lock = threading.Lock()

    def send(self, message):
        line = json.dumps(message, ensure_ascii=True)
        with self.lock:
            self.file.write(line + "\n")
            self.file.flush()


class Printed(io.TextIOBase):
    """Stands for sys.stdout and sys.stderr: a message for each line."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, answers, fileno):
        self.answers, self.number, self.rest = answers, fileno, ""

    def writable(self):
        return True

    def fileno(self):
        return self.number

    def write(self, text):
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            self.answers.send({"printed": clean(line)})
        return len(text)

    def finish(self):
        if self.rest:
            self.write("\n")


def clean(text):
    """Half of a surrogate pair cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def main():
    faulthandler.enable(file=sys.stderr)
    # What was loaded from here stays; a module of a model may have the name of one of these.
    sys.path.pop(0)
    answers = Answers()
    sys.stdout, sys.stderr = Printed(answers, 1), Printed(answers, 2)
    requests = queue.Queue()
    threading.Thread(target=listen, args=(requests,), daemon=True).start()
    while True:
        request = requests.get()
        answer = handle(request)
        sys.stdout.finish()
        sys.stderr.finish()
        answers.send({"id": request["id"], **answer})
        after(request)


def listen(requests):
    """Ends with the program that started this, and takes along what models have started."""
    with os.fdopen(requests_fd, encoding="utf-8") as lines:
        for line in lines:
            requests.put(json.loads(line))
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def handle(request):
    from . import call, mutants, packages, trouble

    try:
        if request["do"] == "look":
            return {"done": packages.look(request)}
        if request["do"] == "mutants":
            return {"done": mutants.mutants(request)}
        packages.loaded()
        return {"done": call.call(request)}
    except call.Failure as failure:
        return {"failed": failure.details}
    except BaseException as error:
        return {"failed": trouble.explain(error, request)}


def after(request):
    """Once the answer is on its way there is time: memory is given back, and what models need is loaded."""
    if request["do"] == "look":
        from . import packages

        if request.get("load"):
            # Libraries make much that stays.
            gc.disable()
            packages.load(request["load"])
    elif request["do"] == "call" and "text" not in request:
        gc.collect()
