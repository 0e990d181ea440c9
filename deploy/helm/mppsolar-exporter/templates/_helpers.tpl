{{- define "mppsolar-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "mppsolar-exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "mppsolar-exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "mppsolar-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mppsolar-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mppsolar-exporter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "mppsolar-exporter.selectorLabels" . }}
app.kubernetes.io/component: exporter
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "mppsolar-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mppsolar-exporter.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "mppsolar-exporter.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- $name := .Values.image.repository -}}
{{- if $registry }}{{ $name = printf "%s/%s" $registry $name }}{{ end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The headless Service of shards has a name of its own: a Service cannot become headless. */}}
{{- define "mppsolar-exporter.serviceName" -}}
{{- include "mppsolar-exporter.fullname" . }}{{ if .Values.shards }}-shards{{ end -}}
{{- end -}}

{{/* The config files: mppsolar.yml, or one for each shard, named as its pod. */}}
{{- define "mppsolar-exporter.config" -}}
{{- if .Values.shards -}}
{{- range $number, $inverters := .Values.shards }}
{{ include "mppsolar-exporter.fullname" $ }}-{{ $number }}.yml: |
  {{- merge (dict "inverters" $inverters) (omit $.Values.config "inverters") | toYaml | nindent 2 }}
{{- end }}
{{- else -}}
mppsolar.yml: |
  {{- toYaml .Values.config | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What a schema cannot say. */}}
{{- define "mppsolar-exporter.check" -}}
{{- if and .Values.shards .Values.config.inverters -}}
{{- fail "config.inverters and shards: give one of the two, as an inverter answers one exporter only" -}}
{{- end -}}
{{- if and .Values.devices.plugin.enabled .Values.devices.hostPath.enabled -}}
{{- fail "devices.plugin and devices.hostPath: enable one of the two" -}}
{{- end -}}
{{- if and .Values.shards (or .Values.devices.plugin.enabled .Values.devices.hostPath.enabled) -}}
{{- fail "shards are for TCP bridges: enable neither devices.plugin nor devices.hostPath" -}}
{{- end -}}
{{- if and .Values.webConfig .Values.webConfigSecret -}}
{{- fail "webConfig and webConfigSecret: give one of the two" -}}
{{- end -}}
{{- $devices := dict -}}
{{- $names := dict -}}
{{- range $number, $inverters := default (list .Values.config.inverters) .Values.shards -}}
{{- range $inverters -}}
{{- if hasKey $devices .device -}}
{{- fail (printf "%s is there twice: a line answers one exporter only" .device) -}}
{{- end -}}
{{- if and .name (hasKey $names .name) -}}
{{- fail (printf "the inverter name %s is there twice" .name) -}}
{{- end -}}
{{- if not (hasPrefix "sim:" .device) }}{{ $_ := set $devices .device $number }}{{ end -}}
{{- if .name }}{{ $_ := set $names .name $number }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
