// Facts behind a row, the oldest first, each with its file and line.
import { useQuery } from '@tanstack/react-query'
import { useTenant } from '@/app/tenant'
import { useView } from '@/app/view'
import { targetText } from '@/domain/explain'
import { factSentence } from '@/domain/facts'
import { dateOf } from '@/domain/proto'
import { useI18n } from '@/i18n/i18n'
import { Failed, Loading } from '@/ui/states'
import { Source } from './source'
import { wholeTimeline } from './reads'

export function Events({ account, filter, open }: {
  account: string; filter: string; open?: boolean
}) {
  const i18n = useI18n()
  const view = useView()
  const { tenant, timeZone } = useTenant()
  const read = useQuery({
    queryKey: ['events', tenant, account, filter],
    queryFn: ({ signal }) => wholeTimeline(tenant, account, filter, signal),
  })
  if (read.isPending) return <Loading rows={2} />
  if (read.isError) return <Failed error={read.error} onRetry={() => void read.refetch()} />
  if (read.data.length === 0) return <p className="meta">{i18n.t('explain.no_facts')}</p>
  return (
    <ol className={open ? 'events' : 'events events-in'}>
      {read.data.map((entry) => {
        const at = dateOf(entry.occurredAt)
        return (
          <li key={entry.id}>
            <button type="button" className="link" onClick={() => view.set({ explain:
              targetText({ measure: 'entry', account, currency: entry.id }) })}>
              {factSentence(entry, i18n)}
            </button>
            <p className="meta">
              {at && i18n.instant(at, timeZone)}
              {entry.source?.fileName && <> · <Source source={entry.source} /></>}
            </p>
          </li>
        )
      })}
    </ol>
  )
}
