"""A model's file, changed in one small way at a time: what a test should notice. Only its text is read."""

import ast

comparisons = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
operations = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
# Of pandas, of polars and of Python: what people take one for the other.
names = {
    "sum": "max",
    "max": "min",
    "min": "max",
    "mean": "max",
    "median": "max",
    "count": "nunique",
    "nunique": "count",
    "n_unique": "count",
    "size": "nunique",
    "first": "last",
    "last": "first",
    "any": "all",
    "all": "any",
    "startswith": "endswith",
    "endswith": "startswith",
    "starts_with": "ends_with",
    "ends_with": "starts_with",
    "isna": "notna",
    "notna": "isna",
    "is_null": "is_not_null",
    "is_not_null": "is_null",
    "left": "inner",
    "inner": "left",
    "head": "tail",
    "tail": "head",
}
# Methods without which the frame is as it was before.
steps = {"dropna", "drop_nulls", "drop_duplicates", "unique", "fillna", "fill_null", "filter", "query", "abs", "round"}


def mutants(request):
    """The texts, in the order of their places; at most `most` of them, from all over the file."""
    with open(request["file"], encoding="utf-8") as file:
        tree = ast.parse(file.read())
    texts = []
    for place in places(tree):
        for change in changes(place):
            texts.append(changed(tree, change))
    texts = list(dict.fromkeys(text for text in texts if text != ast.unparse(tree)))
    most = request["most"]
    return [texts[i * len(texts) // most] for i in range(most)] if len(texts) > most else texts


def places(node):
    """Without loops that may not end when they are changed, and without what is read and not run."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.While, ast.Import, ast.ImportFrom)):
            continue
        if isinstance(child, (ast.arg, ast.arguments)) or (isinstance(child, ast.Expr) and is_text(child.value)):
            continue
        yield child
        yield from places(child)


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def changes(node):
    """Each as (node, the name of a field, its new value)."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in comparisons:
        yield node, "ops", [comparisons[type(node.ops[0])](), *node.ops[1:]]
    if isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in operations:
        yield node, "op", operations[type(node.op)]()
    if isinstance(node, ast.Attribute) and node.attr in names:
        yield node, "attr", names[node.attr]
    if is_text(node) and node.value in names:
        yield node, "value", names[node.value]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield node, "value", node.value + 1
    if isinstance(node, ast.IfExp):
        yield node, "test", ast.Constant(True)
        yield node, "test", ast.Constant(False)
    for field, value in ast.iter_fields(node):
        if is_step(value):
            yield node, field, value.func.value
        if is_selection(value):
            yield node, field, value.value
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, (ast.Invert, ast.Not)):
            yield node, field, value.operand


def is_selection(node):
    """Some rows of a frame: df[df.n > 0]."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return False
    return isinstance(node.slice, (ast.Compare, ast.BinOp, ast.UnaryOp)) and not isinstance(node.value, ast.Attribute)


def is_step(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in steps


def changed(tree, change):
    node, field, value = change
    before = getattr(node, field)
    setattr(node, field, value)
    try:
        return ast.unparse(tree)
    finally:
        setattr(node, field, before)
