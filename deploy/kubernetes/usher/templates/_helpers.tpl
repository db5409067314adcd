{{- define "usher.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end -}}

{{- define "usher.selector" -}}
app.kubernetes.io/name: usher
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "usher.labels" -}}
{{ include "usher.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "usher.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "usher.gatewayOrigin" -}}
{{- $origin := required "origins.gateway is needed: where fans reach the gateway, like https://tickets.example.org" .Values.origins.gateway -}}
{{- if not (hasPrefix "https://" $origin) -}}{{ fail "origins.gateway begins with https://" }}{{- end -}}
{{ $origin }}
{{- end -}}

{{- define "usher.shopOrigin" -}}
{{- $origin := .Values.origins.shop | default .Values.origins.gateway -}}
{{- if not (hasPrefix "https://" $origin) -}}{{ fail "origins.shop begins with https://" }}{{- end -}}
{{ $origin }}
{{- end -}}
