// Every fact and decision about the customer, the newest first, each with what explains it.
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TimelineEntry } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { portfolio } from '@/api/client'
import { useTenant } from '@/app/tenant'
import { useView } from '@/app/view'
import { targetText } from '@/domain/explain'
import { factSentence, kindWord, toneOf } from '@/domain/facts'
import { quoted } from '@/domain/filter'
import { dateOf } from '@/domain/proto'
import { Source } from '@/explain/source'
import { dayIn } from '@/i18n/format'
import { useI18n } from '@/i18n/i18n'
import { Status } from '@/ui/figure'
import { Choice } from '@/ui/form'
import { Empty, Failed, Loading } from '@/ui/states'

const KINDS = ['invoice_recorded', 'payment_recorded', 'credit_note_recorded',
  'allocation_recorded', 'invoice_settled', 'invoice_overdue', 'aging_bucket_crossed',
  'internal_limit_changed', 'account_changed', 'conflict_detected', 'alert_raised',
  'alert_resolved', 'action_planned', 'action_sent', 'action_suppressed', 'action_failed',
  'action_superseded', 'case_state_changed', 'score_computed', 'criterion_changed', 'fetch_ended']
const PAGE = 50

export function Timeline({ account }: { account: string }) {
  const i18n = useI18n()
  const { t } = i18n
  const view = useView()
  const { tenant } = useTenant()
  const kind = view.get('kind')
  const document = view.get('document')
  const filter = [kind && `kind = ${quoted(kind)}`, document && `document = ${quoted(document)}`]
    .filter(Boolean).join(' AND ')
  const list = useInfiniteQuery({
    queryKey: ['timeline', tenant, account, filter],
    queryFn: ({ pageParam, signal }) => portfolio.getTimeline({ tenant, account, filter,
      orderBy: 'recorded_at desc', pageSize: PAGE, pageToken: pageParam }, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextPageToken || undefined,
  })
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <section aria-label={t('timeline.title')}>
      <div className="toolbar">
        <Choice label={t('timeline.kind')} value={kind}
          options={[{ value: '', label: t('timeline.kind.all') },
            ...KINDS.map((value) => ({ value, label: kindWord(value, i18n) }))]}
          onChange={(value) => view.set({ kind: value, explain: '' })} />
        {document && (
          <button type="button" className="chip" onClick={() => view.set({ document: '' })}>
            {t('timeline.about', { document })} ×
          </button>
        )}
      </div>
      {list.isPending && <Loading rows={12} />}
      {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && entries.length === 0 && (filter
        ? <Empty action={<button type="button"
            onClick={() => view.set({ kind: '', document: '' })}>{t('state.clear_filter')}
          </button>}>{t('state.empty_filter')}</Empty>
        : <Empty>{t('timeline.empty')}</Empty>)}
      {entries.length > 0 && (
        <ol className="timeline" aria-label={t('timeline.title')}>
          {entries.map((entry) => <Entry key={entry.id} entry={entry} account={account} />)}
        </ol>
      )}
      {list.hasNextPage && (
        <button type="button" disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}>{t('timeline.more')}</button>
      )}
    </section>
  )
}

function Entry({ entry, account }: { entry: TimelineEntry; account: string }) {
  const i18n = useI18n()
  const { t, day, instant } = i18n
  const { timeZone } = useTenant()
  const view = useView()
  const happened = dateOf(entry.occurredAt)
  const known = dateOf(entry.recordedAt)
  const target = targetText({ measure: 'entry', account, currency: entry.id })
  const open = view.get('explain') === target
  const sentence = factSentence(entry, i18n)
  return (
    <li className={open ? 'entry entry-open' : 'entry'} data-kind={entry.kind}>
      <p className="entry-when num">
        {happened ? <time dateTime={happened.toISOString()}>
          {day(dayIn(happened, timeZone))}</time> : t('value.absent')}
      </p>
      <Status tone={toneOf(entry.kind)}>{kindWord(entry.kind, i18n)}</Status>
      <div className="entry-what">
        <p>{sentence}</p>
        <p className="meta">
          {known && t('timeline.known', { when: instant(known, timeZone) })}
          {entry.source?.fileName && <> · <Source source={entry.source} /></>}
        </p>
      </div>
      <button type="button" className="quiet" data-fig={target} aria-expanded={open}
        aria-label={t('explain.figure', { name: t('explain.entry'), value: sentence })}
        onClick={() => view.set({ explain: open ? '' : target })}>
        {t('timeline.explain')}
      </button>
    </li>
  )
}
