{{/* What the pods have in common. */}}

{{/* The user of the images. Documents are private files that all services share, so all run as
     the same user. */}}
{{- define "encours.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "encours.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Fields of a pod's spec that no part has different. */}}
{{- define "encours.podSpec" -}}
serviceAccountName: {{ include "encours.part" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "encours.podSecurity" . | nindent 2 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.scheduling.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.scheduling.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.scheduling.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* Instances of a part on different nodes and zones, as far as there are some. */}}
{{- define "encours.spread" -}}
{{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "encours.selector" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "encours.identityVolume" -}}
- name: identity
  configMap:
    name: {{ .Values.identity.jwksConfigMap.name }}
    items: [{key: {{ .Values.identity.jwksConfigMap.key }}, path: jwks.json}]
{{- end -}}

{{/* Of every pod that speaks to Kafka; nothing where Kafka is plaintext. */}}
{{- define "encours.kafkaVolume" -}}
{{- with .Values.kafka.security.secretName }}
- name: kafka
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{- define "encours.kafkaMount" -}}
{{- if .Values.kafka.security.secretName }}
- {name: kafka, mountPath: /etc/encours/kafka, readOnly: true}
{{- end }}
{{- end -}}

{{- define "encours.documentsClaim" -}}
{{ .Values.documents.existingClaim | default (include "encours.part" (dict "root" . "part" "documents")) }}
{{- end -}}

{{/* Of what must be there before the services are; its weight is the order among them. */}}
{{- define "encours.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
