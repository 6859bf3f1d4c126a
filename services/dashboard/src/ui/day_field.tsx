// A day as the user's language writes it: typed, or picked from the browser's own calendar. A
// native date field would show the browser's language instead of the page's.
import { useId, useRef, useState } from 'react'
import { readDay } from '@/i18n/format'
import { useI18n } from '@/i18n/i18n'

interface DayFieldProps {
  label: string
  // "2026-10-31"; empty where none is chosen.
  value: string
  onDay: (day: string) => void
}

export function DayField({ label, value, onDay }: DayFieldProps) {
  const { t, day } = useI18n()
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  const bad = typed !== null && typed !== '' && readDay(typed) === null
  const commit = () => {
    const read = typed === null ? null : readDay(typed)
    if (read && read !== value) onDay(read)
    if (read || typed === '') setTyped(null)
  }
  return (
    <div className="day-field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="text" value={typed ?? (value && day(value))} autoComplete="off"
        aria-invalid={bad} aria-describedby={bad ? `${id}-bad` : undefined}
        onChange={(event) => setTyped(event.target.value)} onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit()
          if (event.key === 'Escape') setTyped(null)
        }} />
      <span className="day-picker">
        <input ref={picker} type="date" value={value} tabIndex={-1} aria-hidden="true"
          onChange={(event) => {
            setTyped(null)
            if (event.target.value) onDay(event.target.value)
          }} />
        <button type="button" aria-label={t('aged.pick', { label })}
          onClick={() => picker.current?.showPicker()}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 4h12v10H2zM2 7h12M5 2v3M11 2v3" />
          </svg>
        </button>
      </span>
      {bad && (
        <span id={`${id}-bad`} role="alert" className="field-error">
          {t('aged.bad_date', { value: typed })}
        </span>
      )}
    </div>
  )
}
