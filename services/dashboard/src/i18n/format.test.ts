import { describe, expect, it } from 'vitest'
import * as format from './format'

describe('amounts', () => {
  it('are written as the design says, with their own spaces', () => {
    expect(format.amount(123456n, 'EUR', 'fr')).toBe('1\u202f234,56\u00a0€')
    expect(format.amount(123456n, 'EUR', 'en')).toBe('€1,234.56')
    expect(format.share(400_000, 'fr')).toBe('40,0\u00a0%')
  })
  it('have the digits of ISO 4217', () => {
    expect(format.decimalText(12000n, 'JPY')).toBe('12000')
    expect(format.decimalText(1234n, 'TND')).toBe('1.234')
    expect(format.decimalText(-5n, 'EUR')).toBe('-0.05')
  })
  it('tell dollars from dollars', () => {
    const shown = ['USD', 'CAD', 'AUD', 'HKD'].map((one) => format.amount(100n, one, 'fr'))
    expect(new Set(shown).size).toBe(4)
  })
  it('have no sign where they round to zero', () => {
    expect(format.number(-0.04, 'fr', 1)).toBe('0,0')
    expect(format.number(-0.05, 'fr', 1)).toBe('-0,1')
  })
  it('stay exact beyond what a double holds', () => {
    expect(format.amount(9_007_199_254_740_993n, 'EUR', 'en')).toBe('€90,071,992,547,409.93')
  })
})

describe('ratios', () => {
  it('round half away from zero, and say nothing of a whole of zero', () => {
    expect(format.ratioPpm(1n, 3n)).toBe(333_333)
    expect(format.ratioPpm(2n, 3n)).toBe(666_667)
    expect(format.ratioPpm(-2n, 3n)).toBe(-666_667)
    expect(format.ratioPpm(1n, 0n)).toBeNull()
  })
})

describe('days', () => {
  it('are read strictly', () => {
    expect(format.parseDay('2026-02-30')).toBeNull()
    expect(format.parseDay('2024-02-29')).not.toBeNull()
    expect(format.parseDay('29/02/2024')).toBeNull()
  })
  it('are read as people type them, and what is written is read', () => {
    for (const text of ['31/10/2026', '31.10.2026', '31 Oct 2026', '31 october 2026',
      '2026-10-31', ' 31-10-2026 ']) expect(format.readDay(text), text).toBe('2026-10-31')
    for (const text of ['', '31/13/2026', '30/02/2026', '10/31/2026', 'tomorrow']) {
      expect(format.readDay(text), text).toBeNull()
    }
    for (let month = 1; month <= 12; month += 1) {
      const iso = `2026-${String(month).padStart(2, '0')}-09`
      for (const language of ['fr', 'en'] as const) {
        expect(format.readDay(format.day(iso, language))).toBe(iso)
      }
    }
  })
  it('are written in each language', () => {
    expect(format.day('2026-10-31', 'fr')).toBe('31/10/2026')
    expect(format.day('2026-10-31', 'en')).toBe('31 Oct 2026')
  })
  it('move over months and leap days', () => {
    expect(format.addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(format.addDays('2024-03-01', -1)).toBe('2024-02-29')
    expect(format.monthEnd('2024-03-15')).toBe('2024-02-29')
    expect(format.monthEnd('2024-03-31')).toBe('2024-02-29')
    expect(format.daysBetween('2024-02-28', '2024-03-01')).toBe(2)
  })
  it('are those of the creditor, not of this machine', () => {
    expect(format.dayIn(new Date('2024-06-13T22:30:00Z'), 'Europe/Paris')).toBe('2024-06-14')
    expect(format.dayIn(new Date('2024-06-13T22:30:00Z'), 'UTC')).toBe('2024-06-13')
  })
})
