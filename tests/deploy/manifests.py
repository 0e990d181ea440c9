"""What the tests of Kubernetes' manifests and of the Helm chart have in common: the tools, the schemas, what every pod must
be, and that all in a set of manifests refers to something in it."""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest

DEPLOY_TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(DEPLOY_TESTS), "end_to_end"))
from program import EXPORTER, ROOT, Case  # noqa: E402, F401  (the path comes first)

try:
    import yaml
except ImportError:
    print("skipped: python3-yaml is not here")
    sys.exit(0)

TOOLS = os.path.join(ROOT, "build", "tools")
SCHEMAS = [os.path.join(DEPLOY_TESTS, "schemas", folder, "{{.ResourceKind}}{{.KindSuffix}}.json")
           for folder in ("kubernetes", "operator")]
# What kubectl apply keeps of an object in an annotation may not be longer, nor may an object.
MOST_LAST_APPLIED = 256 * 1024
MOST_OBJECT = 1024 * 1024
RESTRICTED_VOLUMES = {"configMap", "secret", "emptyDir", "projected", "downwardAPI"}


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def run(*command, text=None, **kwargs):
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=1200, **kwargs)


def go_tool(name, module):
    """A tool's path: on PATH, among Go's own, or built here when Go and its modules can be had."""
    places = [os.environ.get("PATH", "")]
    go = shutil.which("go")
    if go:
        places.append(os.path.join(run(go, "env", "GOPATH").stdout.strip(), "bin"))
    places.append(TOOLS)
    found = shutil.which(name, path=os.pathsep.join(places))
    if not found and go:
        run(go, "install", module, env={**os.environ, "GOBIN": TOOLS})
        found = shutil.which(name, path=TOOLS)
    if not found:
        raise unittest.SkipTest(f"skipped: {name} is not here (go install {module})")
    return found


def kustomize():
    """The command that builds a folder: kubectl's own kustomize, if it knows components (v5), or kustomize itself."""
    kubectl = shutil.which("kubectl")
    if kubectl and re.search(r"Kustomize Version: v5", run(kubectl, "version", "--client").stdout):
        return [kubectl, "kustomize"]
    try:
        return [go_tool("kustomize", "sigs.k8s.io/kustomize/kustomize/v5@v5.5.0"), "build"]
    except unittest.SkipTest:
        older = "a newer " if kubectl else ""
        raise unittest.SkipTest(f"skipped: {older}kubectl (with kustomize v5) is not here") from None


def helm():
    return go_tool("helm", "helm.sh/helm/v3/cmd/helm@v3.16.4")


def kubeconform():
    return go_tool("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform@v0.6.7")


def documents(text):
    return [one for one in yaml.safe_load_all(text) if one]


def schema_complaints(text):
    """What is wrong with manifests by the schemas on disk, field by field. No network is asked."""
    command = [kubeconform(), "-strict", "-summary", "-output", "json"]
    for schema in SCHEMAS:
        command += ["-schema-location", schema]
    # Schemas that are not on disk would be fetched through this and fail.
    nowhere = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = run(*command, text=text, env={**os.environ, **nowhere})
    answer = json.loads(done.stdout)
    checked = answer["summary"]["valid"] + answer["summary"]["invalid"] + answer["summary"]["errors"]
    assert answer["summary"]["skipped"] == 0 and checked == len(documents(text)), answer["summary"]
    complaints = [f"{one['kind']} {one['name']}: {one['msg']}" for one in answer.get("resources") or []]
    assert (done.returncode == 0) == (not complaints), done
    return complaints


def version():
    return re.search(r"project\(mppsolar_exporter VERSION (\S+)", read(ROOT, "CMakeLists.txt")).group(1)


def rule_groups():
    """All groups of deploy/prometheus/rules."""
    folder = os.path.join(ROOT, "deploy", "prometheus", "rules")
    return [group for name in sorted(os.listdir(folder)) if name.endswith(".yml")
            for group in yaml.safe_load(read(folder, name))["groups"]]


def dashboards():
    """Text of the dashboards by file name."""
    folder = os.path.join(ROOT, "grafana", "dashboards")
    return {name: read(folder, name) for name in os.listdir(folder) if name.endswith(".json")}


def of_kind(docs, *kinds):
    return [one for one in docs if one["kind"] in kinds]


def workloads(docs):
    return of_kind(docs, "Deployment", "StatefulSet", "DaemonSet")


def exporter(docs):
    """The one workload that runs the exporter."""
    found = [one for one in workloads(docs) if one["spec"]["template"]["spec"]["containers"][0]["name"] == "exporter"]
    assert len(found) == 1, [one["metadata"]["name"] for one in found]
    return found[0]


def configs(docs):
    """The text of the exporter's config files, by name."""
    pod = exporter(docs)["spec"]["template"]["spec"]
    name = next(volume["configMap"]["name"] for volume in pod["volumes"] if volume["name"] == "config")
    return next(one["data"] for one in of_kind(docs, "ConfigMap") if one["metadata"]["name"] == name)


def pod_faults(workload, privileged_device=False):
    """What keeps the exporter's pods from being restricted and watched as they should. With privileged_device the device of
    the node is the exception, and nothing else."""
    faults = []

    def expect(what, condition):
        if not condition:
            faults.append(what)

    pod = workload["spec"]["template"]["spec"]
    security = pod.get("securityContext", {})
    expect("runs as root", security.get("runAsNonRoot") is True and security.get("runAsUser") == 65532)
    expect("runs in root's group", security.get("runAsGroup") == 65532)
    expect("has no seccomp profile", security.get("seccompProfile") == {"type": "RuntimeDefault"})
    expect("has a token", pod.get("automountServiceAccountToken") is False)
    expect("gets every Service as environment", pod.get("enableServiceLinks") is False)
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        expect(f"has {field}", not pod.get(field))
    for volume in pod.get("volumes", []):
        kind = next(key for key in volume if key != "name")
        if privileged_device and volume == {"name": "dev", "hostPath": {"path": "/dev", "type": "Directory"}}:
            continue
        expect(f"has a volume of kind {kind}", kind in RESTRICTED_VOLUMES)
    for container in pod.get("initContainers", []) + pod["containers"]:
        security = container.get("securityContext", {})
        expect("is privileged", bool(security.get("privileged")) == privileged_device)
        # The API server refuses to be told both.
        expect("may gain privileges", security.get("allowPrivilegeEscalation") is (None if privileged_device else False))
        expect("has capabilities", security.get("capabilities") == {"drop": ["ALL"]})
        expect("can write to its image", security.get("readOnlyRootFilesystem") is True)
        for port in container.get("ports", []):
            expect("takes a port of the node", "hostPort" not in port)
        for kind in ("requests", "limits"):
            expect(f"has no {kind}", {"cpu", "memory"} <= set(container.get("resources", {}).get(kind, {})))
        for probe, path in (("livenessProbe", "/-/healthy"), ("readinessProbe", "/-/ready")):
            asked = container.get(probe) or {}
            over_http = asked.get("httpGet", {})
            expect(f"has no {probe}", asked.get("exec", {}).get("command") == ["/usr/bin/mppsolar_exporter", "healthcheck"]
                   or (over_http.get("path"), over_http.get("port")) == (path, "http"))
    if workload["kind"] == "Deployment":
        expect("could run twice", workload["spec"]["replicas"] == 1 and workload["spec"]["strategy"] == {"type": "Recreate"})
    else:
        expect("is no StatefulSet", workload["kind"] == "StatefulSet")
    return faults


def loose_ends(docs):
    """What a manifest refers to and is not there."""
    faults = []

    def expect(what, condition):
        if not condition:
            faults.append(what)

    def matches(selector, labels):
        return selector["matchLabels"].items() <= labels.items()

    names = {(one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in docs}
    workload = exporter(docs)
    namespace = workload["metadata"].get("namespace")
    pod = workload["spec"]["template"]
    ports = {port["name"] for port in pod["spec"]["containers"][0]["ports"]}
    expect("the selector is not of its pods", matches(workload["spec"]["selector"], pod["metadata"]["labels"]))
    for volume in pod["spec"]["volumes"]:
        if volume["name"] == "config":
            expect("no config", ("ConfigMap", namespace, volume["configMap"]["name"]) in names)
    expect("no service account", ("ServiceAccount", namespace, pod["spec"]["serviceAccountName"]) in names)
    services = of_kind(docs, "Service")
    for service in services:
        expect("the Service selects others", service["spec"]["selector"].items() <= pod["metadata"]["labels"].items())
        expect("the Service's port is not the pod's", {port["targetPort"] for port in service["spec"]["ports"]} <= ports)
    if workload["kind"] == "StatefulSet":
        expect("no headless Service", [one for one in services if one["spec"].get("clusterIP") == "None"
                                       and one["metadata"]["name"] == workload["spec"]["serviceName"]])
    for policy in of_kind(docs, "NetworkPolicy"):
        expect("the policy selects others", matches(policy["spec"]["podSelector"], pod["metadata"]["labels"]))
        for rule in policy["spec"]["ingress"]:
            expect("the policy opens another port", {port["port"] for port in rule["ports"]} <= ports)
    for monitor in of_kind(docs, "ServiceMonitor"):
        found = [one for one in services if matches(monitor["spec"]["selector"], one["metadata"]["labels"])]
        expect("the monitor finds no Service", len(found) == 1)
        for service in found:
            expect("no label for job", monitor["spec"]["jobLabel"] in service["metadata"]["labels"])
            expect("the monitor's port is not the Service's", {one["port"] for one in monitor["spec"]["endpoints"]}
                   <= {port["name"] for port in service["spec"]["ports"]})
    return faults


def too_big(docs):
    """Objects that the API server, or kubectl apply without --server-side, would refuse."""
    faults = []
    for one in docs:
        # kubectl writes the object as compact JSON into an annotation of it.
        size = len(json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode())
        if size > min(MOST_LAST_APPLIED, MOST_OBJECT):
            faults.append(f"{one['kind']} {one['metadata']['name']}: {size} bytes")
    return faults


def scraped_as(monitor, **labels):
    """Prometheus's own names for a ServiceMonitor's relabelings, after those that the operator puts first."""
    def snake(name):
        return re.sub("[A-Z]", lambda letter: "_" + letter.group().lower(), name)
    return [{snake(key): value for key, value in one.items()}
            for one in monitor["spec"]["endpoints"][0]["relabelings"]]
