{{/* Names and labels. What is handed to a helper is (dict "root" $ "part" NAME). */}}

{{- define "encours.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 30 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.Release.Name | trunc 22 | trimSuffix "-") .Chart.Name -}}
{{- end -}}
{{- end -}}

{{- define "encours.part" -}}
{{ include "encours.name" .root }}-{{ .part }}
{{- end -}}

{{/* The Service whose DNS names every instance of a part. */}}
{{- define "encours.headless" -}}
{{ include "encours.part" . }}-headless
{{- end -}}

{{- define "encours.domain" -}}
{{ include "encours.headless" . }}.{{ .root.Release.Namespace }}.svc.{{ .root.Values.clusterDomain }}
{{- end -}}

{{/* What selects pods; it never changes, because a StatefulSet's selector can't. */}}
{{- define "encours.selector" -}}
app.kubernetes.io/name: encours
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "encours.labels" -}}
{{ include "encours.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Of .Values.image or .Values.gateway.image: (dict "root" $ "image" ...). */}}
{{- define "encours.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* Ports inside pods. Each pod has an address of its own, so they are the same for all services. */}}
{{- define "encours.port.grpc" -}}9090{{- end -}}
{{- define "encours.port.metrics" -}}9464{{- end -}}
{{- define "encours.port.http" -}}8080{{- end -}}
