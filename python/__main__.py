"""Runs the Python models of a pipeline. Started by nais-etl, once a run: see nais_etl_worker/loop.py."""

from nais_etl_worker.loop import main

main()
