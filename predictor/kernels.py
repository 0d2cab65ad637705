"""Prints schemas/onnx-kernels.json: which element types ONNX Runtime's CPU kernels take, and which types operators give.

    pip install onnxruntime==<the version of onnxruntime-node> onnx
    python predictor/kernels.py > schemas/onnx-kernels.json

Run it after `npm run operators`, whenever onnxruntime-node changes its version; predictor/runtime/kernel-table.test.ts holds the
table to the runtime that is installed. Left out is what the runtime can do without a kernel of its own: operators with a function
body, which it takes apart, and those that it removes while it loads.
"""

import json
import re
from collections import defaultdict

import onnx.defs
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as state

DOMAINS = {"": "ai.onnx", "ai.onnx.ml": "ai.onnx.ml"}
NEWEST = 2**31 - 1
# Names of TensorProto.DataType by ONNX's words for types.
WORDS = {"float": "FLOAT", "double": "DOUBLE", "string": "STRING", "bool": "BOOL", "float16": "FLOAT16", "bfloat16": "BFLOAT16"}


def element(text):
    found = re.fullmatch(r"tensor\((\w+)\)", text)
    return WORDS.get(found[1], found[1].upper()) if found else None


def matches(kernel, since):
    """kernel_registry.cc: a kernel without an end is for the version in which it begins alone."""
    first, last = kernel.version_range
    return first == since if last == NEWEST else first <= since <= last


def schemas():
    """Domain, operator → schemas, oldest first."""
    found = defaultdict(list)
    for schema in state.get_all_operator_schema():
        if schema.domain in DOMAINS:
            found[schema.domain, schema.name].append(schema)
    return {key: sorted(all_, key=lambda schema: schema.since_version) for key, all_ in sorted(found.items())}


def kernels(known, newest):
    functions = {
        (schema.domain, schema.name)
        for schema in onnx.defs.get_all_schemas_with_history()
        if schema.has_function or schema.has_context_dependent_function
    }
    registered = defaultdict(list)
    for kernel in state.get_all_opkernel_def():
        if kernel.provider == "CPUExecutionProvider":
            registered[kernel.domain, kernel.op_name].append(kernel)
    table = {name: {} for name in DOMAINS.values()}
    for (domain, name), versions in known.items():
        if (domain, name) in functions:
            continue
        ranges = []
        for index, schema in enumerate(versions):
            last = versions[index + 1].since_version - 1 if index + 1 < len(versions) else newest[DOMAINS[domain]]
            fits = [kernel for kernel in registered[domain, name] if matches(kernel, schema.since_version)]
            types = taken(schema, fits)
            if types is None or schema.since_version > last:
                continue
            if ranges and ranges[-1][1:] == [schema.since_version - 1, types]:
                ranges[-1][1] = last
            else:
                ranges.append([schema.since_version, last, types])
        if ranges:
            table[DOMAINS[domain]][name] = ranges
    return table


def taken(schema, fits):
    """Element types that the first input may have; None where the kernels do not say, or there is none."""
    if not fits or not schema.inputs:
        return None
    parameter = schema.inputs[0].typeStr
    types = set()
    for kernel in fits:
        if parameter not in kernel.type_constraints:
            return None
        types |= set(kernel.type_constraints[parameter])
    return sorted(filter(None, map(element, types))) or None


def results(known):
    """For each output: the place of an input of the same type, a type, or null where an attribute decides."""
    table = {name: {} for name in DOMAINS.values()}
    for (domain, name), versions in known.items():
        of = [given(schema) for schema in versions]
        # What changed from version to version is left open.
        if of and all(one == of[-1] for one in of) and any(one is not None for one in of[-1]):
            table[DOMAINS[domain]][name] = of[-1]
    return table


def given(schema):
    inputs = [parameter.typeStr for parameter in schema.inputs]
    allowed = {constraint.type_param_str: constraint.allowed_type_strs for constraint in schema.type_constraints}

    def of(text):
        if text in inputs:
            return inputs.index(text)
        return element(allowed[text][0] if len(allowed.get(text, [])) == 1 else text)

    return [of(parameter.typeStr) for parameter in schema.outputs]


def lines(table):
    domains = []
    for domain, operators in table.items():
        rows = [f"      {json.dumps(name)}: {json.dumps(value)}" for name, value in operators.items()]
        domains.append(f"    {json.dumps(domain)}: {{\n" + ",\n".join(rows) + "\n    }")
    return "{\n" + ",\n".join(domains) + "\n  }"


def main():
    known = schemas()
    newest = json.load(open("schemas/onnx-operators.json"))["opsets"]
    print(f'{{\n  "runtime": {json.dumps(onnxruntime.__version__)},')
    print(f'  "kernels": {lines(kernels(known, newest))},')
    print(f'  "results": {lines(results(known))}\n}}')


if __name__ == "__main__":
    main()
