"""Says what is not ready for a release: check.py [--snapshot] ROOT

The version stands in CMakeLists.txt; where it has to be repeated it must be the same, and the
changelog must begin with it and a day. A snapshot may be unreleased.
"""

import os
import re
import sys

# Files that say which version of the image, or of the program, they mean.
REPEATED = {
    "deploy/compose/.env": r"^MPPSOLAR_IMAGE=\S+:(\S+)$",
    "deploy/container/Dockerfile": r"^ARG VERSION=(\S+)$",
    "deploy/helm/mppsolar-exporter/Chart.yaml": r"^appVersion: \"?([^\s\"]+)\"?$",
    "deploy/kubernetes/base/deployment.yaml": r"image: \S+/mppsolar_exporter:(\S+)$",
}
KINDS = ["SECURITY", "CHANGE", "FEATURE", "ENHANCEMENT", "BUGFIX"]


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return file.read()


def version_complaints(root, version):
    for name, pattern in REPEATED.items():
        found = re.findall(pattern, read(root, name), re.M)
        if not found:
            yield f"{name}: no version is found by {pattern}"
        for repeated in found:
            if repeated != version:
                yield f"{name}: it says {repeated}, CMakeLists.txt says {version}"


def changelog_complaints(text, version, snapshot):
    headings = re.findall(r"^## (.*)$", text, re.M)
    first = headings[0] if headings else ""
    if re.fullmatch(rf"{re.escape(version)} / \d{{4}}-\d\d-\d\d", first) is None and not (
            snapshot and first == f"{version} (unreleased)"):
        yield (f'CHANGELOG.md: it begins with "{first}"; a release begins with '
               f'"{version} / YEAR-MONTH-DAY"')
    if len(set(headings)) != len(headings):
        yield "CHANGELOG.md: a heading is there twice"
    section = text.split("\n## ")[1] if headings else ""
    entries = re.findall(r"^\* (.*)$", section, re.M)
    if not entries:
        yield f"CHANGELOG.md: nothing is said of {version}"
    for entry in entries:
        kind = re.match(r"\[([A-Z]+)\] ", entry)
        if not kind or kind.group(1) not in KINDS:
            yield f'CHANGELOG.md: "* {entry}" begins with none of [{"], [".join(KINDS)}]'


def complaints(root, snapshot):
    version = re.search(r"^project\(.* VERSION ([0-9.]+) ", read(root, "CMakeLists.txt"),
                        re.M).group(1)
    yield from version_complaints(root, version)
    yield from changelog_complaints(read(root, "CHANGELOG.md"), version, snapshot)


def main():
    found = list(complaints(sys.argv[-1], "--snapshot" in sys.argv[1:]))
    for complaint in found:
        print(complaint, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
