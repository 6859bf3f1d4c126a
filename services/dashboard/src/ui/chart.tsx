// A time series by uPlot, with the same figures as a table (`t`). Series differ by dash as well as
// by colour and carry their names; the table is what a screen reader gets.
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useI18n } from '@/i18n/i18n'

export interface Series {
  name: string
  values: number[]
  dash?: number[]
}

interface ChartProps {
  days: string[]
  series: Series[]
  // A value on the axis and in the table.
  short: (value: number) => string
  label: string
}

const HEIGHT = 220
// So that the last day under the axis is not cut.
const HALF_A_DAY_LABEL = 40
const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export function Chart({ days, series, short, label }: ChartProps) {
  const { day } = useI18n()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const axis = () => ({ stroke: token('--text-2'), grid: { stroke: token('--border-subtle'),
      width: 1 }, ticks: { stroke: token('--border-subtle'), width: 1 },
    font: `12px ${token('--font')}` })
    const steps = uPlot.paths.stepped?.({ align: 1 })
    const draw = () => {
      const colours = [token('--series-1'), token('--series-2')]
      return new uPlot({
        width: element.clientWidth, height: HEIGHT, legend: { show: false },
        padding: [null, HALF_A_DAY_LABEL, null, null],
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(0, low),
          high > 0 ? high * 1.08 : 1] } },
        axes: [
          { ...axis(), values: (_, splits) => splits.map((at) =>
            day(new Date(at * 1000).toISOString().slice(0, 10))), space: 110 },
          { ...axis(), size: 76, values: (_, splits) => splits.map(short) },
        ],
        series: [{}, ...series.map((one, index) => ({
          label: one.name, stroke: colours[index] ?? '', width: 2, points: { show: false },
          ...(one.dash ? { dash: one.dash } : {}),
          ...(steps ? { paths: steps } : {}),
        }))],
      }, [days.map((one) => Date.parse(`${one}T00:00:00Z`) / 1000),
        ...series.map((one) => one.values)], element)
    }
    let plot = draw()
    const redraw = () => {
      plot.destroy()
      plot = draw()
    }
    const size = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: HEIGHT })
    })
    size.observe(element)
    const theme = new MutationObserver(redraw)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', redraw)
    return () => {
      size.disconnect()
      theme.disconnect()
      system.removeEventListener('change', redraw)
      plot.destroy()
    }
  }, [days, series, short, day])
  return (
    <div className="chart" role="img" aria-label={label}>
      <div ref={box} className="chart-box" style={{ minHeight: HEIGHT }} />
    </div>
  )
}

export function SeriesNames({ series }: { series: Series[] }) {
  return (
    <ul className="series-names">
      {series.map((one, index) => (
        <li key={one.name}>
          <svg viewBox="0 0 24 8" aria-hidden="true" className={`series-${index + 1}`}>
            <path d="M0 4h24" strokeDasharray={one.dash?.join(' ')} />
          </svg>
          {one.name}
        </li>
      ))}
    </ul>
  )
}
