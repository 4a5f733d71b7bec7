CREATE TYPE "everything_place" AS (
  "by" text,
  "post nr" bigint
);
CREATE TYPE "everything_sanger øl_takter" AS (
  "slag" bigint
);
CREATE TYPE "everything_sanger øl" AS (
  "tittel" text,
  "takter" "everything_sanger øl_takter"[]
);
CREATE TABLE "everything" (
  "text" text NOT NULL,
  "short" varchar(10) NOT NULL,
  "bytes" bytea,
  "few_bytes" bytea,
  "whole" bigint,
  "float" double precision,
  "numeric" numeric(38, 9),
  "money" numeric(12, 2),
  "big" numeric(77, 38),
  "flag" boolean,
  "day" date,
  "wall" timestamp(6),
  "clock" time(6),
  "instant" timestamptz(6),
  "json" jsonb,
  "tags" text[],
  "place" "everything_place",
  "sanger øl" "everything_sanger øl"[],
  PRIMARY KEY ("text", "short")
);
COMMENT ON TABLE "everything" IS 'One row: it''s | all';
COMMENT ON COLUMN "everything"."text" IS 'The teams'' names';
