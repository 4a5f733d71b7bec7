/** Every side effect of a run, by name: what a run changes on disk, and nothing else does. */
export const effects: Record<string, string> = {
  "work.tidy": "removes work folders of processes that were killed",
  "work.create": "makes the run's own folder in the temporary directory",
  "work.remove": "removes it",
  "places.create": "makes the pipeline's folder of state and records",
  "lock.take": "makes the lock's file, and locks it",
  "lock.release": "gives the lock back",
  "warehouse.open": "makes the warehouse, its state tables, and takes in what a killed run had committed",
  "warehouse.close": "writes what was committed from the log into the warehouse",
  "publish.begin": "says that the run is running, and which files it may leave aside",
  "extract.convert": "writes a source's file once more, in an encoding and format that the engine reads",
  "source.write": "keeps a source's rows in the work folder",
  "model.write": "keeps a model's rows in the work folder",
  "resume.keep": "keeps a model's rows for the run after one that fails",
  "resume.adopt": "takes such rows into the work folder",
  "resume.clear": "removes all of them, since the run has succeeded",
  "quarantine.write": "keeps the rows that checks set aside, and the others, in the work folder",
  "quarantine.gather": "writes those of all tables into one file",
  "file.stage": "writes a file output aside",
  "file.rename": "gives it its name",
  "file.discard": "removes one that was not published",
  "publish.table": "writes a table, within the transaction",
  "publish.record": "writes the publish records, within the transaction",
  "publish.commit": "commits both",
  "publish.clear": "says that all files have their names",
  "record.json": "writes the run record",
  "record.row": "writes the run's row",
  "report.write": "writes the report of the run",
  "metrics.push": "leaves the run's metrics at the Pushgateway",
};

/** And of one whose outputs are kept, and of a rollback. */
export const keepingEffects: Record<string, string> = {
  "look.tidy": "removes the engine's folder of who has looked into the warehouse",
  "publish.keep": "copies a table as it stands, within the transaction",
  "publish.forget": "drops copies that are too old",
  "publish.restore": "brings a table back to how it was",
};

/** And of one that publishes to BigQuery: what it changes there. */
export const bigqueryEffects: Record<string, string> = {
  "lease.make": "makes the table that is the lock, with the holder in its labels",
  "lease.take": "takes over a lock that was given back, or whose holder is gone",
  "lease.renew": "holds it for another minute",
  "lease.release": "gives it back",
  "bigquery.state": "makes a table of the state",
  "bigquery.fence": "makes the fence, with its row",
  "bigquery.begin": "raises the fence, and says that the run is running and which files it may leave aside",
  "bigquery.stage": "makes a staging table",
  "bigquery.convert": "writes rows with JSON as NDJSON, in the work folder",
  "bigquery.load": "loads rows into a staging table",
  "bigquery.create": "makes a destination table",
  "bigquery.alter": "changes its columns in ways that were asked for",
  "bigquery.fit": "adds columns, descriptions and settings to it",
  "bigquery.publish": "publishes all tables, publish records, marks and files, in one transaction",
  "bigquery.files": "says that all files have their names",
  "bigquery.clear": "removes a staging table",
  "bigquery.record": "writes the run's row",
};

/** And of one whose outputs there are kept, and of a rollback there. */
export const bigqueryKeepingEffects: Record<string, string> = {
  "bigquery.keep": "makes a snapshot of a table as it stands",
  "bigquery.expire": "gives it its end",
  "bigquery.forget": "removes one that is too old",
  "bigquery.hold": "makes a staging table of the rows as they were",
};

/** And of one that reads from BigQuery: queries, whose results lie aside for a day, and what is too large for that. */
export const readingEffects: Record<string, string> = {
  "source.look": "asks for the newest row of a source",
  "source.query": "runs a source's query",
  "source.expire": "lets a large result go after a day",
  "source.drop": "removes it",
  "source.keep": "keeps a source's rows in the work folder, to be published as they are",
  "job.cancel": "cancels a query that nobody waits for any more",
};

/** And of one that asks an API. */
export const httpEffects: Record<string, string> = {
  "source.fetch": "brings a source's answers into the work folder",
  "raw.keep": "keeps an answer as it came, under a name that nobody has",
};

/** And of one with models that are programs. */
export const programEffects: Record<string, string> = {
  "program.folder": "makes a folder for a program",
  "program.input": "writes the rows of an input for it",
  "command.input": "writes them in the form that a command reads",
  "command.run": "starts a command, and waits until it has ended",
  "program.remove": "removes that folder",
};
