// A score: the factors that it adds up, in points, with their own values and weights.
import { useQuery } from '@tanstack/react-query'
import { scoring } from '@/api/client'
import { useCustomerName } from '@/api/customer'
import { useTenant } from '@/app/tenant'
import { isoOf } from '@/domain/proto'
import { isKey, useI18n } from '@/i18n/i18n'
import { Failed, Loading } from '@/ui/states'

export function ScoreExplained({ account }: { account: string }) {
  const { t, number, share, day } = useI18n()
  const { tenant } = useTenant()
  const read = useQuery({
    queryKey: ['score', tenant, account],
    queryFn: ({ signal }) => scoring.explainScore({ tenant, account }, { signal }),
  })
  const who = useCustomerName(tenant, account)
  if (read.isPending) return <Loading rows={4} />
  if (read.isError) return <Failed error={read.error} onRetry={() => void read.refetch()} />
  const { score, paidInvoices } = read.data
  if (!score) return <p className="meta">{t('customer.score.none')}</p>
  const points = (hundredths: bigint) => number(Number(hundredths) / 100, 2)
  const sum = score.factors.reduce((all, one) => all + one.contributionHundredths, 0n)
  const gap = score.scoreHundredths - sum
  const name = (factor: string) => {
    const key = `explain.factor.${factor}`
    return isKey(key) ? t(key) : factor
  }
  return (
    <>
      <h3>{t('explain.of', { name: t('customer.block.score'), who })}</h3>
      <p className="meta">{t('customer.score.as_of', { day: day(isoOf(score.asOf)) })}</p>
      <p className="panel-figure" data-testid="explain.figure">
        {number(Number(score.scoreHundredths) / 100, 1)}
      </p>
      <p>{t('explain.formula.score')}</p>
      <ul className="panel-rows">
        {score.factors.map((factor) => (
          <li key={factor.name + factor.provider}>
            <div className="panel-row">
              <span>{name(factor.name)}</span>
              <span className="num">{points(factor.contributionHundredths)}</span>
            </div>
            <p className="meta">
              {points(factor.valueHundredths)} × {share(Number(factor.weightMillionths))}
              {factor.provider && ` · ${factor.provider}`}
            </p>
          </li>
        ))}
      </ul>
      <p className="sum" data-testid="explain.sum">
        <span>{t('explain.sum')}</span><span>{points(sum)}</span>
      </p>
      {gap === 0n ? <p className="sum-ok">{t('explain.sum_ok')}</p>
        : <p className="sum-bad" role="alert" data-testid="explain.bad">
            {t('explain.sum_bad', { gap: points(gap < 0n ? -gap : gap) })}
          </p>}
      {paidInvoices.length > 0 && (
        <ul className="panel-rows">
          {paidInvoices.map((one) => (
            <li key={one.invoice}>
              <div className="panel-row">
                <span>{one.invoice}</span>
                <span className="num">{t('days', { n: one.daysBeyondTerms })}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
