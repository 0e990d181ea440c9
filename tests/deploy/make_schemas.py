#!/usr/bin/env python3
"""Makes schemas/kubernetes: names, types and required fields of the kinds that the manifests use, out of Kubernetes' own
OpenAPI, as the PyPI package kubernetes-validate carries it. Run by hand, to add a kind:

    pip download --no-deps --dest /tmp/schemas kubernetes-validate==1.37.0
    tests/deploy/make_schemas.py /tmp/schemas/kubernetes_validate-1.37.0-py3-none-any.whl
"""

import json
import os
import sys
import zipfile

# The oldest version that the manifests are for. A stable API never loses a field, so what fits here fits newer ones.
VERSION = "1.25.0"
KINDS = {"ConfigMap": "core.v1", "DaemonSet": "apps.v1", "Deployment": "apps.v1", "Namespace": "core.v1",
         "NetworkPolicy": "networking.v1", "Pod": "core.v1", "Secret": "core.v1", "Service": "core.v1",
         "ServiceAccount": "core.v1", "StatefulSet": "apps.v1"}
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schemas", "kubernetes")
# What only the server writes.
NOT_OURS = ("status", "managedFields")


def reference(name):
    return f"definitions.json#/$defs/{name}"


def short(name):
    return name.removeprefix("io.k8s.").replace("apimachinery.pkg.", "").replace("api.", "", 1)


def stripped(node, used):
    """The same schema without prose and without what only the server writes; notes the definitions that it needs."""
    if isinstance(node, list):
        return [stripped(one, used) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        used.add(name)
        return {"$ref": reference(short(name))}
    result = {}
    for key, value in node.items():
        if key == "properties":
            result[key] = {name: stripped(one, used) for name, one in value.items() if name not in NOT_OURS}
        elif key in ("type", "required", "additionalProperties", "items", "enum", "oneOf", "anyOf", "allOf"):
            result[key] = stripped(value, used)
    return result


def main(wheel):
    with zipfile.ZipFile(wheel) as package:
        folder = f"kubernetes_validate/kubernetes-json-schema/v{VERSION}-local-strict/"
        known = json.loads(package.read(folder + "_definitions.json"))["$defs"]
    wanted, needed = {}, set()
    for kind, group in KINDS.items():
        name = f"io.k8s.api.{group}.{kind}"
        needed.add(name)
        # kubeconform's own names: kind, the first part of the group, version.
        version = group.removeprefix("core.").replace(".", "-")
        wanted[f"{kind.lower()}-{version}"] = {"$ref": reference(short(name))}
    definitions, todo = {}, set(needed)
    while todo:
        name = todo.pop()
        used = set()
        definitions[short(name)] = stripped(known[name], used)
        needed |= used
        todo |= {one for one in used if short(one) not in definitions}
    os.makedirs(FOLDER, exist_ok=True)
    for file, content in [("definitions", {"$defs": definitions}), *wanted.items()]:
        with open(os.path.join(FOLDER, file + ".json"), "w", encoding="utf-8") as out:
            # One definition on a line: small, and a change can be read.
            if file == "definitions":
                lines = (f" {json.dumps(name)}: {json.dumps(one, sort_keys=True, separators=(',', ':'))}"
                         for name, one in sorted(definitions.items()))
                out.write('{"$defs": {\n' + ",\n".join(lines) + "\n}}\n")
            else:
                out.write(json.dumps(content) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
