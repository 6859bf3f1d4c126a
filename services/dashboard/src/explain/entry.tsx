// One fact or decision: why, by whom, from what, by which versions, from which file and line.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { portfolio } from '@/api/client'
import { useTenant } from '@/app/tenant'
import { useView } from '@/app/view'
import { targetText } from '@/domain/explain'
import { factSentence, kindWord } from '@/domain/facts'
import { quoted } from '@/domain/filter'
import { dateOf } from '@/domain/proto'
import { useI18n } from '@/i18n/i18n'
import { Events } from './events'
import { Source } from './source'
import { Empty, Failed, Loading } from '@/ui/states'

export function EntryExplained({ account, id }: { account: string; id: string }) {
  const i18n = useI18n()
  const { t } = i18n
  const view = useView()
  const { tenant, timeZone } = useTenant()
  const find = (wanted: string) => ({
    queryKey: ['entry', tenant, account, wanted],
    queryFn: async ({ signal }: { signal: AbortSignal }) => (await portfolio.getTimeline(
      { tenant, account, filter: `id = ${quoted(wanted)}`, pageSize: 1 }, { signal })).entries[0]
      ?? null,
  })
  const read = useQuery(find(id))
  const entry = read.data
  const cause = useQuery({ ...find(entry?.cause ?? ''), enabled: Boolean(entry?.cause) })
  if (read.isPending) return <Loading rows={6} />
  if (read.isError) return <Failed error={read.error} onRetry={() => void read.refetch()} />
  if (!entry) return <Empty>{t('state.not_found')}</Empty>
  const when = (at: Date | null) => (at ? i18n.instant(at, timeZone) : t('value.absent'))
  const go = (to: string) => view.set({ explain:
    targetText({ measure: 'entry', account, currency: to }) })
  return (
    <>
      <h3>{kindWord(entry.kind, i18n)}</h3>
      <p className="panel-fact">{factSentence(entry, i18n)}</p>
      <dl className="facts">
        <Line name={t('explain.reason')}><span lang="en">{entry.reason}</span></Line>
        <Line name={t('explain.both_times')}>
          {when(dateOf(entry.occurredAt))} · {when(dateOf(entry.recordedAt))}
        </Line>
        <Line name={t('explain.cause')}>
          {cause.data
            ? <button type="button" className="link" onClick={() => go(entry.cause)}>
                {factSentence(cause.data, i18n)}
              </button>
            : entry.cause ? <code>{entry.cause}</code> : t('explain.self')}
        </Line>
        <Line name={t('explain.correlation')}><code>{entry.correlation}</code></Line>
        <Line name={t('explain.actor')}><code>{entry.actor}</code></Line>
        <Line name={t('explain.versions')}>
          {t('explain.versions.value', { settings: String(entry.settingsVersion),
            decision: String(entry.decisionVersion) })}
        </Line>
        <Line name={t('explain.source')}><Source source={entry.source} /></Line>
        <Line name={t('explain.id')}><code>{entry.id}</code></Line>
      </dl>
      {entry.document && (
        <section>
          <h3>{t('explain.events', { document: entry.document })}</h3>
          <Events account={account} filter={`document = ${quoted(entry.document)}`} open />
        </section>
      )}
    </>
  )
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>
}
