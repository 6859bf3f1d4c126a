// Where a record came from: file and line, or a place in a log.
import type { SourcePosition } from '@gen/encours/stream/v1alpha1/command_pb'
import { useI18n } from '@/i18n/i18n'

export function Source({ source }: { source: SourcePosition | undefined }) {
  const { t, number } = useI18n()
  if (source?.fileName) {
    return <span data-testid="explain.source">
      {t('explain.source.value', { file: source.fileName, line: String(source.line) })}
    </span>
  }
  if (source?.topic) {
    return <span>{t('explain.source.log', { topic: source.topic,
      partition: String(source.partition), offset: number(source.offset) })}</span>
  }
  return <span>{t('explain.source.none')}</span>
}
