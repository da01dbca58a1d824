"""Render the fixtures of this package with Python's Jinja2, set up as transformers sets it up (utils/chat_template_utils.py).

Writes test/goldens/rendered.json: for each template and conversation the text, or that the template refuses it; and
test/goldens/evaluated.json: the same for each of the small templates of test/goldens/expressions.json.
Further folders of templates can be given as arguments: what they give goes to standard output instead.
"""

import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

TEST = pathlib.Path(__file__).parent.parent / "test"
GIVEN = json.loads((TEST / "goldens/conversations.json").read_text(encoding="utf-8"))
EXPRESSIONS = json.loads((TEST / "goldens/expressions.json").read_text(encoding="utf-8"))
NOW = datetime.datetime.fromisoformat(GIVEN["now"])


class Refusal(Exception):
    pass


def raise_exception(message):
    raise Refusal(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])
    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = NOW.strftime
    return made


def rendered(template, variables):
    try:
        text = template.render(**variables)
    except Refusal as refusal:
        return {"refused": str(refusal)}
    except (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return {"broken": str(error)}
    return {"text": text}


def variables_of(conversation):
    return {
        "messages": conversation["messages"],
        "tools": GIVEN[conversation["tools"]] if "tools" in conversation else None,
        "documents": None,
        "add_generation_prompt": conversation.get("addGenerationPrompt", True),
        "bos_token": "<s>",
        "eos_token": "</s>",
    }


def evaluated(source):
    try:
        template = environment().from_string(source)
    except jinja2.TemplateError as error:
        return {"broken": str(error)}
    return rendered(template, EXPRESSIONS["variables"])


def write(name, value):
    text = json.dumps(value, ensure_ascii=False, indent=2)
    (TEST / "goldens" / name).write_text(text + "\n", encoding="utf-8")


def all_of(folder):
    made = {}
    for file in sorted(pathlib.Path(folder).glob("*.jinja")):
        try:
            template = environment().from_string(file.read_text(encoding="utf-8"))
        except jinja2.TemplateError as error:
            print(f"{file.name}: {error}", file=sys.stderr)
            continue
        made[file.stem] = {name: rendered(template, variables_of(one)) for name, one in GIVEN["conversations"].items()}
    return made


if len(sys.argv) > 1:
    json.dump({name: value for folder in sys.argv[1:] for name, value in all_of(folder).items()}, sys.stdout)
else:
    write("rendered.json", all_of(TEST / "templates"))
    write("evaluated.json", [evaluated(source) for source in EXPRESSIONS["templates"]])
