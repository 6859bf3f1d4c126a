{{/* The gateway's configuration is that of services/gateway: files/ are links to its files, so there
     is no second copy. tests/chart compares the outcome with the local run's. */}}

{{- define "encours.gateway.values" -}}
{{- $gateway := .Values.gateway -}}
{{- $upstreams := .Files.Get "files/upstreams.json" | fromJson -}}
{{- $clusters := list -}}
{{- $services := list -}}
{{- $streams := list -}}
{{- range $part, $known := $upstreams -}}
{{- if not (hasKey $.Values.services $part) }}{{ fail (printf "the chart has no service %s" $part) }}{{ end -}}
{{- $endpoint := dict "host" (include "encours.domain" (dict "root" $ "part" $part)) "port" (include "encours.port.grpc" $) -}}
{{- $clusters = append $clusters (dict "name" $part "endpoints" (list $endpoint)) -}}
{{- range $known.services -}}
{{- $services = append $services (dict "name" . "cluster" $part) -}}
{{- end -}}
{{- range $known.streams -}}
{{- $streams = append $streams (dict "path" (printf "/%s/%s" (first $known.services) .) "cluster" $part) -}}
{{- end -}}
{{- end -}}
{{- $own := dict
      "listen_address" "0.0.0.0" "listen_port" (include "encours.port.http" .) "admin_port" "9901"
      "stats_port" (include "encours.port.metrics" .)
      "domains" $gateway.hosts "issuer" .Values.identity.issuer "audience" .Values.identity.audience
      "jwks_file" "/etc/encours/identity/jwks.json"
      "descriptor_file" "/opt/encours/share/gateway.binpb"
      "openapi_file" "/opt/encours/share/openapi.json"
      "dashboard_dir" "/opt/encours/share/dashboard"
      "max_connections" (int64 $gateway.limits.connections)
      "rate_caller_per_second" (int64 $gateway.limits.callerPerSecond)
      "rate_caller_burst" (int64 $gateway.limits.callerBurst)
      "rate_all_per_second" (int64 $gateway.limits.allPerSecond)
      "rate_all_burst" (int64 $gateway.limits.allBurst)
      "clusters" $clusters "services" $services "streams" $streams -}}
{{- if $gateway.tlsSecret -}}
{{- $_ := set $own "tls_certificate" "/etc/encours/tls/tls.crt" -}}
{{- $_ := set $own "tls_key" "/etc/encours/tls/tls.key" -}}
{{- end -}}
{{- toJson (merge $own (.Files.Get "files/defaults.json" | fromJson)) -}}
{{- end -}}

{{- define "encours.gateway.config" -}}
{{- $values := include "encours.gateway.values" . | fromJson -}}
{{- tpl (.Files.Get "files/envoy.yaml.tmpl") (merge (dict "Template" .Template) $values) -}}
{{- end -}}
