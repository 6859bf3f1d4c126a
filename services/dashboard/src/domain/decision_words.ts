// What a decision about a customer, or news of its company, says: values for the catalogue's
// sentences. Codes that have no words of ours are shown as they are. Pure.
import type { CaseStateChanged, DunningRecord } from '@gen/encours/dunning/v1alpha1/actions_pb'
import { CaseState } from '@gen/encours/dunning/v1alpha1/actions_pb'
import type { CriterionValue, RiskRecord } from '@gen/encours/risk/v1alpha1/facts_pb'
import { Criterion, FetchOutcome } from '@gen/encours/risk/v1alpha1/facts_pb'
import type { ScoreRecord } from '@gen/encours/scoring/v1alpha1/scores_pb'
import { isKey, type I18n } from '@/i18n/i18n'
import { isoOf, minorOf } from './proto'

type Words = Record<string, string | number>

function wordOf(group: string, code: string, i18n: I18n): string {
  const key = `${group}.${code}`
  return isKey(key) ? i18n.t(key) : code
}

const nameIn = (values: Record<number, string>, value: number) =>
  (values[value] ?? '').toLowerCase()

function caseWord(state: CaseState, level: number, i18n: I18n): string {
  const key = `case.${nameIn(CaseState, state)}`
  return i18n.t(isKey(key) ? key : 'case.other', { level: String(level) })
}

const changeOfCase = (change: CaseStateChanged, i18n: I18n): Words => ({
  from: caseWord(change.from, change.fromLevel, i18n), to: caseWord(change.to, change.level, i18n),
  currency: change.currencyCode,
})

export function dunningWords({ fact }: DunningRecord, i18n: I18n): Words {
  switch (fact.case) {
    case 'actionPlanned':
    case 'actionSuppressed': {
      const { action } = fact.value
      return { step: action?.step ?? '', n: action?.lines.length ?? 0,
        why: wordOf('why', action?.reasonCode ?? '', i18n) }
    }
    case 'actionSent':
      return { step: fact.value.step, n: fact.value.invoices.length }
    case 'actionFailed':
    case 'actionUnknown':
    case 'actionSuperseded':
      return { why: wordOf('why', fact.value.reasonCode, i18n) }
    case 'caseStateChanged':
      return changeOfCase(fact.value, i18n)
    default:
      return {}
  }
}

export function scoreWords({ fact }: ScoreRecord, i18n: I18n): Words {
  if (fact.case !== 'scoreComputed') return {}
  const points = (value: bigint | undefined) =>
    (value === undefined ? '–' : i18n.number(Number(value) / 100, 1))
  return { score: points(fact.value.score?.scoreHundredths),
    before: points(fact.value.previousScoreHundredths) }
}

function valueWord(value: CriterionValue | undefined, i18n: I18n): string {
  switch (value?.value.case) {
    case 'number':
      return i18n.number(Number(value.value.value))
    case 'code':
      return wordOf('customer.risk.insolvency', value.value.value, i18n)
    case 'money':
      return i18n.amount(minorOf(value.value.value), value.value.value.currencyCode)
    case 'date':
      return i18n.day(isoOf(value.value.value))
    default:
      return '–'
  }
}

export function riskWords({ fact }: RiskRecord, i18n: I18n): Words {
  switch (fact.case) {
    case 'criterionChanged':
      return { criterion: wordOf('criterion', nameIn(Criterion, fact.value.criterion), i18n),
        before: valueWord(fact.value.oldValue, i18n), now: valueWord(fact.value.newValue, i18n),
        provider: fact.value.provider }
    case 'fetchEnded': {
      const outcome = nameIn(FetchOutcome, fact.value.outcome)
      return { provider: fact.value.provider, outcome: wordOf('outcome', outcome, i18n),
        why: wordOf('why', fact.value.code, i18n) }
    }
    case 'monitoringChanged':
      return { why: wordOf('why', fact.value.reasonCode, i18n) }
    default:
      return {}
  }
}
