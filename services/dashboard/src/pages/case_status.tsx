// Where dunning stands, in a word with its icon.
import { CaseState } from '@gen/encours/dunning/v1alpha1/actions_pb'
import type { DunningView } from '@gen/encours/portfolio/v1alpha1/view_pb'
import { useI18n } from '@/i18n/i18n'
import { Absent, Status } from '@/ui/figure'

export function CaseStatus({ dunning }: { dunning: DunningView | undefined }) {
  const { t } = useI18n()
  if (!dunning) return <Absent why={t('customer.dunning.none')} />
  switch (dunning.caseState) {
    case CaseState.CLEAR:
      return <Status tone="ok">{t('case.clear')}</Status>
    case CaseState.PRE_DUE:
      return <Status tone="info">{t('case.pre_due')}</Status>
    case CaseState.OVERDUE:
      return <Status tone="serious">{t('case.overdue')}</Status>
    case CaseState.LEVEL:
      return <Status tone="warning">{t('case.level', { level: dunning.level })}</Status>
    default:
      return <Status tone="neutral">{t('case.other')}</Status>
  }
}
