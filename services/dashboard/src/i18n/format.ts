// Numbers, amounts and days in the user's language, by Intl alone. Amounts are whole minor units
// (bigint) and stay exact: Intl takes a decimal number as text. A day is "2026-11-23".
export type Language = 'fr' | 'en'

const LOCALES = { fr: 'fr-FR', en: 'en-GB' } as const
export const locale = (language: Language): string => LOCALES[language]

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()
function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const known = cache.get(key)
  if (known) return known as T
  const fresh = make()
  cache.set(key, fresh)
  return fresh
}

// Digits behind the point, by ISO 4217: 2 for EUR, 0 for JPY, 3 for TND. 2 for no currency.
export function digitsOf(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return 2
  const format = cached(`digits ${currency}`,
    () => new Intl.NumberFormat('en', { style: 'currency', currency }))
  return format.resolvedOptions().maximumFractionDigits ?? 2
}

// Minor units as a plain decimal text: (-5, "EUR") is "-0.05".
export function decimalText(minor: bigint, currency: string): string {
  const digits = digitsOf(currency)
  const sign = minor < 0n ? '-' : ''
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  if (digits === 0) return sign + text
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

export function amount(minor: bigint, currency: string, language: Language): string {
  const text = decimalText(minor, currency) as Intl.StringNumericLiteral
  if (!/^[A-Z]{3}$/.test(currency)) return number(text, language, 2)
  // Not the narrow symbol: "$" is more than one currency.
  const format = cached(`amount ${language} ${currency}`, () => new Intl.NumberFormat(
    locale(language), { style: 'currency', currency, currencyDisplay: 'symbol' }))
  return format.format(text)
}

// What rounds to zero has no sign.
export function number(value: number | bigint | Intl.StringNumericLiteral, language: Language,
  digits = 0): string {
  return cached(`number ${language} ${digits}`, () => new Intl.NumberFormat(locale(language),
    { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'negative' }))
    .format(value)
}

// A share in millionths as a percentage with one decimal.
export function share(ppm: number, language: Language): string {
  return cached(`share ${language}`, () => new Intl.NumberFormat(locale(language), {
    style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })).format(ppm / 1e6)
}

// part/whole in millionths, rounded half away from zero; null where nothing can be said.
export function ratioPpm(part: bigint, whole: bigint): number | null {
  if (whole <= 0n) return null
  const scaled = part * 2_000_000n
  return Number((scaled + (part < 0n ? -whole : whole)) / (2n * whole))
}

export function day(iso: string, language: Language): string {
  const date = parseDay(iso)
  if (!date) return iso
  const options: Intl.DateTimeFormatOptions = language === 'fr'
    ? { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }
    : { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }
  return cached(`day ${language}`, () => new Intl.DateTimeFormat(locale(language), options))
    .format(date)
}

export function instant(at: Date, language: Language, timeZone: string): string {
  return cached(`instant ${language} ${timeZone}`, () => new Intl.DateTimeFormat(locale(language), {
    ...(language === 'fr' ? { day: '2-digit', month: '2-digit' }
      : { day: 'numeric', month: 'short' }),
    year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })).format(at)
}

export function time(at: Date, language: Language): string {
  return cached(`time ${language}`, () => new Intl.DateTimeFormat(locale(language),
    { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })).format(at)
}

// "2026-02-30" is no day.
export function parseDay(iso: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return null
  const date = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && isoDay(date) === iso ? date : null
}

// A day as people type it: 31/10/2026, 31.10.2026, 31 Oct 2026 or 2026-10-31.
export function readDay(text: string): string | null {
  const bare = text.trim()
  const numbers = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(bare)
  if (numbers) {
    const [, date = '', month = '', year = ''] = numbers
    const iso = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
    return parseDay(iso) ? iso : null
  }
  if (parseDay(bare)) return bare
  const words = /^(\d{1,2}) ([a-z]{3})[a-z]* (\d{4})$/i.exec(bare)
  const month = MONTHS.indexOf(words?.[2]?.toLowerCase() ?? '')
  if (!words || month < 0) return null
  return readDay(`${words[1]}/${month + 1}/${words[3]}`)
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

export const isoDay = (date: Date): string => date.toISOString().slice(0, 10)

export function addDays(iso: string, count: number): string {
  const date = parseDay(iso)
  if (!date) return iso
  date.setUTCDate(date.getUTCDate() + count)
  return isoDay(date)
}

// The last day of the month before: what a closing looks back to.
export function monthEnd(iso: string): string {
  const date = parseDay(iso)
  if (!date) return iso
  return isoDay(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 0)))
}

// Days from the first day to the second.
export function daysBetween(from: string, to: string): number {
  const [a, b] = [parseDay(from), parseDay(to)]
  return a && b ? Math.round((b.getTime() - a.getTime()) / 86_400_000) : 0
}

// The creditor's day at an instant.
export function dayIn(at: Date, timeZone: string): string {
  const parts = cached(`zone ${timeZone}`, () => new Intl.DateTimeFormat('en-CA',
    { year: 'numeric', month: '2-digit', day: '2-digit', timeZone })).format(at)
  return parts.slice(0, 10)
}
