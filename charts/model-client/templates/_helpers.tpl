{{- define "model-client.selector" -}}
app.kubernetes.io/name: model-client
app.kubernetes.io/instance: {{ .Values.name }}
{{- end }}

{{- define "model-client.metadata" -}}
name: {{ .Values.name }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "model-client.selector" . | nindent 2 }}
{{- end }}
