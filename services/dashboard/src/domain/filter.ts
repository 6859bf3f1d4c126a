// AIP-160 texts that the page itself writes, and what it says of a wrong one.

// A text as a filter writes it.
export function quoted(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`
}

export interface View {
  id: 'all' | 'overdue' | 'late_60' | 'over_limit'
  filter: string
  orderBy: string
}

// The views that come with the page.
export const VIEWS: readonly View[] = [
  { id: 'all', filter: '', orderBy: 'overdue desc' },
  { id: 'overdue', filter: 'overdue > 0', orderBy: 'overdue desc' },
  { id: 'late_60', filter: 'days_late > 60', orderBy: 'days_late desc' },
  { id: 'over_limit', filter: 'limit_use_ppm > 1000000', orderBy: 'limit_use_ppm desc' },
]

export interface Sort {
  field: string
  descending: boolean
}

// "overdue desc, account" -> its keys. What can't be read is left out: the service refuses it.
export function parseOrder(text: string): Sort[] {
  return text.split(',').flatMap((part) => {
    const match = /^\s*([\w.]+)(?:\s+(asc|desc))?\s*$/.exec(part)
    return match?.[1] ? [{ field: match[1], descending: match[2] === 'desc' }] : []
  })
}

export function orderText(sorts: readonly Sort[]): string {
  return sorts.map((one) => one.field + (one.descending ? ' desc' : '')).join(', ')
}

// A click on a header: it alone, the other way round if it led before; with `add` the others stay.
export function sortedBy(sorts: readonly Sort[], field: string, first: 'asc' | 'desc',
  add: boolean): Sort[] {
  const known = sorts.find((one) => one.field === field)
  const turned = known ? !known.descending : first === 'desc'
  const fresh = { field, descending: turned }
  if (!add) return [fresh]
  return known ? sorts.map((one) => (one === known ? fresh : one)) : [...sorts, fresh]
}

// The parts before, at and behind a column (in characters from 1): what to underline.
export function markColumn(text: string, column: number): [string, string, string] {
  const letters = [...text]
  const start = Math.min(Math.max(column - 1, 0), letters.length)
  let end = start
  while (end < letters.length && /[\w.]/.test(letters[end] ?? '')) end += 1
  if (end === start) end = Math.min(start + 1, letters.length)
  return [letters.slice(0, start).join(''), letters.slice(start, end).join(''),
    letters.slice(end).join('')]
}

// "Column 1: unknown field overdu. Did you mean overdue?" -> its parts.
export function readProblem(message: string): { what: string; suggestion: string } {
  const match = /^(?:Column \d+: )?(.*?)(?: Did you mean (.+)\?)?$/s.exec(message)
  return { what: match?.[1] ?? message, suggestion: match?.[2] ?? '' }
}
