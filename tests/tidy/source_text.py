"""Just enough of C++ and Python to find functions: comments and strings blanked, braces matched.

Not a parser. It reads what our style allows; a macro that opens a brace without closing it would
mislead it, and is not allowed either.
"""
import ast
import re

_TOKEN = re.compile(
    r'''(?P<comment>//[^\n]*|/\*.*?\*/)'''
    r'''|(?P<raw>R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")'''
    r'''|(?P<string>"(?:\\.|[^"\\\n])*")'''
    r'''|(?P<number>\b\d[\w']*)'''
    r'''|(?P<char>'(?:\\.|[^'\\\n])+')''', re.DOTALL)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def code_only(text):
    """The same text, line for line, without comments and without what stands in quotes."""
    def replace(match):
        if match.group("number"):
            return match.group(0).replace("'", "0")
        if match.group("comment"):
            return _blank(match.group(0))
        return '"' + _blank(match.group(0)[1:-1]) + '"'
    return _TOKEN.sub(replace, text)


_CONTROL = re.compile(r"(if|for|while|switch|catch|do|else|try|return|case|default)\b")
_SCOPE = re.compile(r"(inline\s+)?(namespace|extern|class|struct|union|enum)\b")
_ATTRIBUTE = re.compile(r"\[\[[^\]]*\]\]")
_ACCESS = re.compile(r"\s*(public|private|protected)\s*:")
_TEMPLATE = re.compile(r"\s*template\s*<")


def _without_template(head):
    """The head without 'template <...>' in front of it, however its brackets nest."""
    match = _TEMPLATE.match(head)
    if not match:
        return head
    depth = 0
    for position in range(match.end() - 1, len(head)):
        depth += {"<": 1, ">": -1}.get(head[position], 0)
        if depth == 0:
            return _without_template(head[position + 1:])
    return head


def _kind(head):
    """What a brace opens, told by the text before it: 'function', 'scope', or 'value'."""
    head = _without_template(_ACCESS.sub("", _ATTRIBUTE.sub(" ", head))).strip()
    if not head or _CONTROL.match(head):
        # A lambda in a return statement or in a condition is measured with its function.
        return "scope"
    tail = re.sub(r"\b(const|noexcept|override|final|mutable|try)\b", " ", head).rstrip(" \n&")
    if _SCOPE.match(head) and not tail.endswith(")"):
        return "scope"
    if tail.endswith(")") or re.search(r"\)\s*->\s*[\w:<>,&*\s]+$", tail):
        return "function"
    if re.search(r"\)\s*:\s*\w[^;]*[)}]$", tail) or re.search(r"\[[^\]]*\]$", tail):
        return "function"
    if re.search(r"\)\s*requires\b[^;]*$", tail):
        return "function"
    return "value"


def cpp_functions(code):
    """Yields (name, first line, line count) of each function body in blanked C++ code.

    The first line is that of the signature, so a long parameter list counts too.
    """
    stack = []
    head_start = 0
    parens = 0
    for position, char in enumerate(code):
        if char == "(":
            parens += 1
        elif char == ")":
            parens -= 1
        elif char == "#" and code[:position].rpartition("\n")[2].strip() == "":
            head_start = _directive_end(code, position)
        elif char == "{":
            head = code[head_start:position]
            stack.append((_kind(head), head_start, parens, head))
            head_start, parens = position + 1, 0
        elif char == "}" and stack:
            kind, start, parens, head = stack.pop()
            # After a braced value the statement goes on: its head is still the old one.
            head_start = start if kind == "value" or parens > 0 else position + 1
            if kind == "function":
                first = start + len(head) - len(head.lstrip())
                line = code.count("\n", 0, first) + 1
                yield _name(head), line, code.count("\n", first, position) + 1
        elif char == ";" and parens == 0:
            head_start = position + 1


def _directive_end(code, position):
    """The place behind a preprocessor directive and its continuation lines."""
    while True:
        end = code.find("\n", position)
        if end < 0:
            return len(code)
        if code[end - 1] != "\\":
            return end
        position = end + 1


def _name(head):
    match = re.search(r"((?:[\w:]+::)?operator\s*[^\s\w(]{1,3}|[~\w:]+)\s*\(", head)
    return match.group(1) if match else "lambda"


def python_functions(text):
    """Yields (name, first line, line count) of each function of a Python file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


_SHELL_FUNCTION = re.compile(r"^(\w+)\(\) ?\{")


def shell_functions(text):
    """Yields (name, first line, line count): from 'name() {' to the next line that is '}'."""
    name, first = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        match = _SHELL_FUNCTION.match(line)
        if match and not line.rstrip().endswith("}"):
            name, first = match.group(1), number
        elif line == "}" and name:
            yield name, first, number - first + 1
            name = None
