// One timeline entry in words: which sentence of the catalogue, with which values. Pure.
import type { TimelineEntry } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { AlertKind } from '@gen/encours/alerting/v1alpha1/alerts_pb'
import { AgingBucket } from '@gen/encours/receivables/v1alpha1/facts_pb'
import type { Key } from '@/i18n/fr'
import { isKey, type I18n } from '@/i18n/i18n'
import { dunningWords, riskWords, scoreWords } from './decision_words'
import { isoOf } from './proto'
import type { Tone } from '@/ui/figure'

const BUCKETS: Record<number, Key> = {
  [AgingBucket.AGING_BUCKET_NOT_DUE]: 'bucket.not_due',
  [AgingBucket.AGING_BUCKET_1_30]: 'bucket.d1_30',
  [AgingBucket.AGING_BUCKET_31_60]: 'bucket.d31_60',
  [AgingBucket.AGING_BUCKET_61_90]: 'bucket.d61_90',
  [AgingBucket.AGING_BUCKET_91_120]: 'bucket.d91_120',
  [AgingBucket.AGING_BUCKET_OVER_120]: 'bucket.over_120',
}

export function kindWord(kind: string, i18n: I18n): string {
  const key = `kind.${kind}`
  return i18n.t(isKey(key) ? key : 'kind.other')
}

export function toneOf(kind: string): Tone {
  if (kind === 'alert_raised' || kind === 'payment_rejected') return 'serious'
  if (kind === 'action_failed' || kind === 'action_unknown') return 'serious'
  if (kind === 'invoice_overdue' || kind === 'aging_bucket_crossed') return 'warning'
  if (kind === 'action_suppressed') return 'warning'
  if (kind === 'invoice_settled' || kind === 'alert_resolved' || kind === 'action_sent') return 'ok'
  if (kind === 'conflict_detected') return 'critical'
  return 'info'
}

// Sentences that turn on more than the kind.
function keyOf(entry: TimelineEntry): Key {
  const { detail } = entry
  if (detail.case === 'receivable') {
    const { fact } = detail.value
    if (fact.case === 'accountChanged' && fact.value.implicit) {
      return 'fact.account_changed.implicit'
    }
    if (fact.case === 'internalLimitChanged' && !fact.value.amount) {
      return 'fact.internal_limit_changed.removed'
    }
  }
  if (detail.case === 'alert' && detail.value.change.case === 'raised') {
    const { kind } = detail.value.change.value
    if (kind === AlertKind.LIMIT_EXCEEDED) return 'fact.alert_raised.limit'
    if (kind === AlertKind.SCORE_DROP) return 'fact.alert_raised.score'
  }
  if (detail.case === 'risk' && detail.value.fact.case === 'fetchEnded') {
    return detail.value.fact.value.code ? 'fact.fetch_ended.why' : 'fact.fetch_ended'
  }
  if (detail.case === 'risk' && detail.value.fact.case === 'monitoringChanged') {
    return detail.value.fact.value.monitored ? 'fact.monitoring_changed.on'
      : 'fact.monitoring_changed.off'
  }
  if (detail.case === 'score' && detail.value.fact.case === 'scoreComputed'
    && detail.value.fact.value.previousScoreHundredths === undefined) {
    return 'fact.score_computed.first'
  }
  const key = `fact.${entry.kind}`
  return isKey(key) ? key : 'fact.other'
}

export function factSentence(entry: TimelineEntry, i18n: I18n): string {
  const money = (value: typeof entry.amount) =>
    (value ? i18n.amount(value.minor, value.currencyCode) : '')
  const words: Record<string, string | number> = {
    document: entry.document, amount: money(entry.amount), open: money(entry.openAmount),
    ...ownWords(entry, i18n),
  }
  if (entry.detail.case === 'alert' && entry.detail.value.change.case === 'resolved') {
    const why = `why.${entry.detail.value.change.value.reasonCode}`
    words.why = i18n.t(isKey(why) ? why : 'why.other')
  }
  if (entry.detail.case === 'receivable') {
    const { fact } = entry.detail.value
    if (fact.case === 'invoiceRecorded' || fact.case === 'invoiceOverdue') {
      words.due = i18n.day(isoOf(fact.value.dueDate))
    }
    if (fact.case === 'paymentRecorded') words.day = i18n.day(isoOf(fact.value.valueDate))
    if (fact.case === 'internalLimitChanged') words.amount = money(fact.value.amount)
    if (fact.case === 'agingBucketCrossed') {
      words.from = i18n.t(BUCKETS[fact.value.from] ?? 'kind.other')
      words.to = i18n.t(BUCKETS[fact.value.to] ?? 'kind.other')
    }
  }
  return i18n.t(keyOf(entry), words)
}

// What only one kind of record has.
function ownWords({ detail }: TimelineEntry, i18n: I18n): Record<string, string | number> {
  switch (detail.case) {
    case 'dunning': return dunningWords(detail.value, i18n)
    case 'score': return scoreWords(detail.value, i18n)
    case 'risk': return riskWords(detail.value, i18n)
    default: return {}
  }
}
