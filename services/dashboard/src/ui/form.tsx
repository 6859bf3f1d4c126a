// Form parts: a labelled select, an error tied to its field, and the filter with its text.
import { useId, useRef, useState, type ReactNode } from 'react'
import { markColumn, readProblem } from '@/domain/filter'
import { isKey, useI18n } from '@/i18n/i18n'
import type { Problem } from '@/api/client'

interface ChoiceProps {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
  hideLabel?: boolean
}

export function Choice({ label, value, options, onChange, hideLabel }: ChoiceProps) {
  return (
    <label className="choice">
      <span className={hideLabel ? 'hidden' : undefined}>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
      </select>
    </label>
  )
}

interface SegmentsProps {
  label: string
  value: string
  options: readonly { value: string; label: string }[]
  onChange: (value: string) => void
}

export function Segments({ label, value, options, onChange }: SegmentsProps) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {options.map((one) => (
        <button key={one.value} type="button" aria-pressed={one.value === value}
          onClick={() => onChange(one.value)}>
          {one.label}
        </button>
      ))}
    </div>
  )
}

interface FilterProps {
  value: string
  fields: string
  problem: Problem | null
  onApply: (value: string) => void
}

// The text of a filter. A wrong one keeps its text, names the column and underlines it.
export function Filter({ value, fields, problem, onApply }: FilterProps) {
  const { t } = useI18n()
  const [text, setText] = useState(value)
  const [applied, setApplied] = useState(value)
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  // "Back" and the views bring another text than the one that was typed here.
  if (applied !== value) {
    setApplied(value)
    setText(value)
  }
  return (
    <form className="filter" role="search" onSubmit={(event) => {
      event.preventDefault()
      onApply(text.trim())
    }}>
      <label htmlFor={id} className="hidden">{t('filter.label')}</label>
      <input id={id} ref={input} data-key="/" type="text" value={text} spellCheck={false}
        autoComplete="off" autoCapitalize="none" placeholder={t('filter.placeholder')}
        aria-invalid={problem !== null} aria-describedby={`${id}-help`}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          input.current?.blur()
        }} />
      <button type="submit">{t('filter.apply')}</button>
      {value && (
        <button type="button" onClick={() => onApply('')}>{t('filter.clear')}</button>
      )}
      <div id={`${id}-help`} className="filter-help">
        {problem
          ? <FilterProblem text={value} problem={problem}
              onSuggest={(fixed) => onApply(fixed)} />
          : <span className="hidden">{t('filter.hint', { fields })}</span>}
      </div>
    </form>
  )
}

function FilterProblem({ text, problem, onSuggest }: {
  text: string; problem: Problem; onSuggest: (text: string) => void
}): ReactNode {
  const { t } = useI18n()
  const [before, wrong, after] = markColumn(text, problem.column)
  const { what, suggestion } = readProblem(problem.message)
  const key = `filter.why.${problem.code}`
  const words = isKey(key) ? t(key, { word: wrong }) : what
  return (
    <p role="alert" className="filter-problem" data-column={problem.column}>
      <code>{before}<mark>{wrong}</mark>{after}</code>
      <span>{problem.column > 0
        ? t('filter.error', { column: problem.column, what: words }) : words}</span>
      {suggestion && (
        <button type="button" onClick={() => onSuggest(before + suggestion + after)}>
          {t('filter.suggest', { field: suggestion })}
        </button>
      )}
    </p>
  )
}
