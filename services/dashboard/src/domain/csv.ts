// CSV for spreadsheets (RFC 4180), in the user's own habits: French ones take semicolons and
// decimal commas. No text can be a formula: one that begins like it gets an apostrophe in front.
import { decimalText, type Language } from '@/i18n/format'

export type Cell = string | { minor: bigint; currency: string }

const FORMULA = /^[\s]*[=+\-@\t\r]/

function cellText(cell: Cell, language: Language): string {
  if (typeof cell !== 'string') {
    const text = decimalText(cell.minor, cell.currency)
    return language === 'fr' ? text.replace('.', ',') : text
  }
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",;\r\n\t']/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

export function csv(rows: readonly (readonly Cell[])[], language: Language): string {
  const separator = language === 'fr' ? ';' : ','
  const lines = rows.map((row) => row.map((cell) => cellText(cell, language)).join(separator))
  // The mark tells Excel that it is UTF-8.
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

export function download(name: string, text: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
