// A figure opens: a button to what it is made of. What is not known is a dash with its reason,
// never zero.
import { Fragment, type ReactNode } from 'react'
import { useView } from '@/app/view'
import { targetText, type Target } from '@/domain/explain'
import { useI18n } from '@/i18n/i18n'

// The narrow space that parts thousands is half as wide in Inter as in most fonts, and browsers
// take white space from the first font only: it gets room here. The text itself stays as it is.
export function Spaced({ children }: { children: string }) {
  const parts = children.split('\u202f')
  if (parts.length === 1) return children
  return parts.map((part, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- parts of one text never move
    <Fragment key={index}>
      {index > 0 && <span className="thin">{'\u202f'}</span>}
      {part}
    </Fragment>
  ))
}

interface FigureProps {
  target: Target
  // What the figure is, for those who hear it.
  name: string
  // The same as is shown.
  value: string
  tone?: 'late' | 'quiet'
  big?: boolean
}

export function Figure({ target, name, value, tone, big }: FigureProps) {
  const { t } = useI18n()
  const view = useView()
  const text = targetText(target)
  const open = view.get('explain') === text
  const classes = ['fig', tone && `fig-${tone}`, big && 'fig-big', open && 'fig-open']
  return (
    <button type="button" className={classes.filter(Boolean).join(' ')} data-fig={text}
      aria-expanded={open} aria-label={t('explain.figure', { name, value })}
      onClick={(event) => {
        event.stopPropagation()
        view.set({ explain: open ? '' : text })
      }}>
      <Spaced>{value}</Spaced>
    </button>
  )
}

export function Absent({ why }: { why?: string }) {
  const { t } = useI18n()
  const reason = why ?? t('state.none')
  return (
    <span className="absent" title={reason}>
      <span aria-hidden="true">{t('value.absent')}</span>
      <span className="hidden">{reason}</span>
    </span>
  )
}

export type Tone = 'critical' | 'serious' | 'warning' | 'ok' | 'info' | 'neutral'

// Icon, word and colour: never colour alone.
const MARKS: Record<Tone, ReactNode> = {
  critical: <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5zM8 4v5M8 11v1.2" />,
  serious: <path d="M8 1.5 15 14H1zM8 6v4M8 11.4v1" />,
  warning: <path d="M8 1 15 8l-7 7-7-7zM8 5v4M8 10.4v1" />,
  ok: <path d="M2 8.5 6 12.5 14 4" />,
  info: <path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM8 7v5M8 4v1.2" />,
  neutral: <path d="M5 3v10M11 3v10" />,
}

export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`status tone-${tone}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">{MARKS[tone]}</svg>
      {children}
    </span>
  )
}
