{{/* The configuration of the services. */}}

{{/* Ends with what is missing, all of it at once. */}}
{{- define "encours.check" -}}
{{- $missing := list }}
{{- range $value := list
      (list .Values.kafka.bootstrapServers "kafka.bootstrapServers: brokers to start from, host:port")
      (list .Values.identity.issuer "identity.issuer: the iss that tokens must have")
      (list .Values.identity.jwksConfigMap.name "identity.jwksConfigMap.name: ConfigMap with the keys of tokens")
      (list .Values.persons.keySecret.name "persons.keySecret.name: Secret with the key for personal data")
      (list (or (not .Values.gateway.ingress.enabled) .Values.gateway.ingress.host) "gateway.ingress.host: its host name") }}
{{- if not (first $value) }}{{ $missing = append $missing (printf "\n  %s" (last $value)) }}{{ end }}
{{- end }}
{{- if $missing }}{{ fail (printf "these values are required:%s" (join "" $missing)) }}{{ end }}
{{- end -}}

{{/* A number as helm reads it is a float, and a large one would be written with an exponent. */}}
{{- define "encours.scalar" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ toJson . }}{{ end -}}
{{- end -}}

{{/* Where the file of a setting in secretFiles lies. */}}
{{- define "encours.secretPath" -}}
/etc/encours/secrets/{{ . | replace "." "/" }}
{{- end -}}

{{- define "encours.kafkaSecurityFile" -}}
/etc/encours/kafka/{{ .Values.kafka.security.key }}
{{- end -}}

{{/* The services that seal or open personal data; the others get no key. */}}
{{- define "encours.usesPersonsKey" -}}
{{- if has . (list "ingestion" "dunning") }}yes{{ end -}}
{{- end -}}

{{/* The file of a service. What depends on the pod is in its arguments. */}}
{{- define "encours.config" -}}
{{- $values := .root.Values -}}
{{- $service := index $values.services .part -}}
kafka_bootstrap_servers: {{ $values.kafka.bootstrapServers | toJson }}
kafka_topic_prefix: {{ $values.kafka.topicPrefix | toJson }}
{{- if $values.kafka.security.secretName }}
kafka_security_file: {{ include "encours.kafkaSecurityFile" .root }}
{{- end }}
partitions: {{ int $values.kafka.partitions }}
grpc_listen_address: "0.0.0.0:{{ include "encours.port.grpc" . }}"
# The network policies close this network.
grpc_allow_plaintext: true
metrics_listen_address: "0.0.0.0:{{ include "encours.port.metrics" . }}"
# A folder of the volume: its top may have others, as lost+found.
data_dir: /var/lib/encours/data/stores
documents_dir: /var/lib/encours/documents
jwks_file: /etc/encours/identity/jwks.json
token_issuer: {{ $values.identity.issuer | toJson }}
token_audience: {{ $values.identity.audience | toJson }}
{{- if include "encours.usesPersonsKey" .part }}
persons_kek_file: /etc/encours/persons/kek
{{- end }}
{{- range $name, $value := $service.config }}
{{- if kindIs "map" $value }}
{{- range $inner, $scalar := $value }}
{{ $name }}.{{ $inner }}: {{ include "encours.scalar" $scalar }}
{{- end }}
{{- else }}
{{ $name }}: {{ include "encours.scalar" $value }}
{{- end }}
{{- end }}
{{- range $name, $_ := $service.secretFiles }}
{{ $name }}: {{ include "encours.secretPath" $name }}
{{- end }}
{{- end -}}
