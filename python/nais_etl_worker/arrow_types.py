"""GoogleSQL's types, as pipeline.yaml declares them, in Arrow's words."""

import re

import pyarrow as pa

plain = {
    "STRING": pa.string(),
    "BYTES": pa.binary(),
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BIGNUMERIC": pa.string(),
    "BOOL": pa.bool_(),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us", "UTC"),
    "JSON": pa.string(),
}


def parse(text):
    """A type in its canonical spelling: `ARRAY<STRUCT<name STRING, n NUMERIC(10, 2)>>`."""
    tokens = re.findall(r"`[^`]+`|\w+|\S", text)
    type_, rest = parse_tokens(tokens)
    assert not rest
    return type_


def parse_tokens(tokens):
    word, *rest = tokens
    if word == "ARRAY":
        element, rest = parse_tokens(rest[1:])
        return {"kind": "ARRAY", "element": element}, rest[1:]
    if word == "STRUCT":
        fields, rest = [], rest[1:]
        while True:
            name = rest[0].strip("`")
            type_, rest = parse_tokens(rest[1:])
            fields.append((name, type_))
            end, *rest = rest
            if end == ">":
                return {"kind": "STRUCT", "fields": fields}, rest
    numbers = []
    if rest[:1] == ["("]:
        end = rest.index(")")
        numbers, rest = [int(n) for n in rest[1:end] if n != ","], rest[end + 1 :]
    found = {"kind": word}
    if word == "NUMERIC":
        found.update(precision=numbers[0] if numbers else 38, scale=numbers[1] if len(numbers) > 1 else 0 if numbers else 9)
    return found, rest


def arrow_type(type_):
    kind = type_["kind"]
    if kind == "ARRAY":
        return pa.list_(arrow_type(type_["element"]))
    if kind == "STRUCT":
        return pa.struct([(name, arrow_type(each)) for name, each in type_["fields"]])
    if kind == "NUMERIC":
        return pa.decimal128(type_["precision"], type_["scale"])
    return plain[kind]
