"""Prints what is in an artifact of a release, as SPDX 2.3 (JSON).

sbom.py --artifact=FILE --version=VERSION --epoch=SECONDS --architecture=ARCH
        --needs=FILE --built-with=FILE

`needs` and `built-with` have a line "PACKAGE VERSION" for each package of Debian that the artifact
loads or holds, and that its build used (headers of which are compiled into it).
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import urllib.parse

PROJECT = "https://github.com/mppsolar-exporter/mppsolar_exporter"


def spdx_id(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return sorted({tuple(line.split()[:2]) for line in file if line.strip()})


def debian_package(name, version, architecture):
    purl_version = urllib.parse.quote(version, safe="")
    return {
        "SPDXID": spdx_id(f"Package-{name}"),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator":
                f"pkg:deb/debian/{name}@{purl_version}?arch={architecture}&distro=debian-12",
        }],
    }


def document(given):
    with open(given.artifact, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    name = os.path.basename(given.artifact)
    root = {
        "SPDXID": "SPDXRef-Artifact",
        "name": "mppsolar_exporter",
        "packageFileName": name,
        "versionInfo": given.version,
        "supplier": "Organization: mppsolar_exporter",
        "downloadLocation": PROJECT,
        "filesAnalyzed": False,
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
        "licenseConcluded": "MIT",
        "licenseDeclared": "MIT",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    }
    needs, built_with = lines_of(given.needs), lines_of(given.built_with)
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Artifact")]
    relations += [("SPDXRef-Artifact", "DEPENDS_ON", spdx_id(f"Package-{package}"))
                  for package, _ in needs]
    relations += [(spdx_id(f"Package-{package}"), "BUILD_DEPENDENCY_OF", "SPDXRef-Artifact")
                  for package, _ in built_with]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        # The same artifact has the same document.
        "documentNamespace": f"{PROJECT}/spdx/{name}-{digest}",
        "creationInfo": {
            "created": datetime.datetime.fromtimestamp(
                given.epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": [f"Tool: mppsolar_exporter-release-{given.version}"],
        },
        "packages": [root] + [debian_package(package, version, given.architecture)
                              for package, version in sorted({*needs, *built_with})],
        "relationships": [{"spdxElementId": one, "relationshipType": kind,
                           "relatedSpdxElement": other} for one, kind, other in relations],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifact", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--epoch", required=True, type=int)
    parser.add_argument("--architecture", required=True)
    parser.add_argument("--needs", required=True)
    parser.add_argument("--built-with", required=True)
    print(json.dumps(document(parser.parse_args()), indent=2))


if __name__ == "__main__":
    main()
