// A list as a native table with role=grid: one tab stop, arrows, Home and End (with Ctrl for the
// whole), Page keys, Enter opens a row. The rows come by TanStack Table, which has only their
// columns here: order and pages are the service's, and the address keeps them.
import { FlexRender, tableFeatures, useTable, type ColumnDef, type RowData }
  from '@tanstack/react-table'
import { useCallback, useLayoutEffect, useMemo, useRef, type KeyboardEvent, type ReactNode }
  from 'react'
import type { Sort } from '@/domain/filter'
import { useI18n } from '@/i18n/i18n'

export interface Column<T> {
  id: string
  title: string
  tip?: string
  end?: boolean
  // Least width in rem; what is left over is shared out in proportion.
  width?: number
  // What a cell shows, where it must never be cut: the column is at least as wide as the longest.
  text?: (row: T) => string
  sort?: { field: string; first: 'asc' | 'desc' }
  cell: (row: T) => ReactNode
  // A column with it is left out of a page on which no row has a value.
  has?: (row: T) => boolean
}

export function columnsWithValues<T>(columns: Column<T>[], rows: readonly T[]): Column<T>[] {
  return columns.filter((column) => !column.has || rows.some(column.has))
}

function widthOf<T>(column: Column<T>, rows: readonly T[]): number {
  const { width = FIRST_REM, text } = column
  if (!text) return width
  return rows.reduce((widest, row) => (
    Math.max(widest, text(row).length * SIGN_REM + PADDING_REM)), width)
}

interface GridProps<T extends RowData> {
  caption: string
  columns: Column<T>[]
  rows: T[]
  idOf: (row: T) => string
  // Rows of the whole list, -1 where not known.
  total: number
  isGone?: (row: T) => boolean
  sorts?: readonly Sort[]
  onSort?: (field: string, first: 'asc' | 'desc', add: boolean) => void
  onOpen?: (row: T) => void
  head?: ReactNode
}

const PAGE_ROWS = 10
const FIRST_REM = 12
// Of a figure in a cell: at most so much a sign, and its padding.
const SIGN_REM = 0.5
const PADDING_REM = 0.3
const features = tableFeatures({})

// What takes the focus in a cell: its button or link where it has one.
const targetOf = (cell: Element): HTMLElement =>
  cell.querySelector<HTMLElement>('a, button') ?? (cell as HTMLElement)

function useRovingFocus() {
  const table = useRef<HTMLTableElement>(null)
  const place = useRef({ row: 1, column: 0 })
  const cells = useCallback((): Element[][] => [...table.current?.rows ?? []]
    .map((row) => [...row.cells]).filter((row) => row.length > 0), [])
  const mark = useCallback(() => {
    const all = cells()
    const row = Math.min(place.current.row, all.length - 1)
    all.forEach((line, r) => line.forEach((cell, c) => {
      const inner = [...cell.querySelectorAll<HTMLElement>('a, button')]
      for (const one of [cell as HTMLElement, ...inner]) one.tabIndex = -1
      if (r === row && c === Math.min(place.current.column, line.length - 1)) {
        targetOf(cell).tabIndex = 0
      }
    }))
  }, [cells])
  useLayoutEffect(mark)
  const go = useCallback((row: number, column: number) => {
    const all = cells()
    const r = Math.max(0, Math.min(row, all.length - 1))
    const c = Math.max(0, Math.min(column, (all[r]?.length ?? 1) - 1))
    place.current = { row: r, column: c }
    mark()
    const cell = all[r]?.[c]
    if (cell) targetOf(cell).focus()
  }, [cells, mark])
  const onFocus = useCallback((event: { target: EventTarget }) => {
    const cell = (event.target as Element).closest('td, th')
    cells().forEach((line, row) => {
      const column = cell ? line.indexOf(cell) : -1
      if (column >= 0) place.current = { row, column }
    })
    mark()
  }, [cells, mark])
  return { table, place, cells, go, onFocus }
}

export function Grid<T extends RowData>(props: GridProps<T>) {
  const { columns, rows, idOf, sorts = [], onSort, onOpen } = props
  const { t } = useI18n()
  const roving = useRovingFocus()
  const defs = useMemo(() => columns.map((column): ColumnDef<typeof features, T> => ({
    id: column.id,
    header: column.title,
    cell: ({ row }) => column.cell(row.original),
  })), [columns])
  const table = useTable({ features, columns: defs, data: rows, getRowId: idOf })

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return
    const { row, column } = roving.place.current
    const last = roving.cells().length - 1
    const moves: Record<string, () => void> = {
      ArrowDown: () => roving.go(row + 1, column),
      ArrowUp: () => roving.go(row - 1, column),
      ArrowRight: () => roving.go(row, column + 1),
      ArrowLeft: () => roving.go(row, column - 1),
      Home: () => roving.go(event.ctrlKey ? 0 : row, 0),
      End: () => roving.go(event.ctrlKey ? last : row, columns.length - 1),
      PageDown: () => roving.go(row + PAGE_ROWS, column),
      PageUp: () => roving.go(Math.max(1, row - PAGE_ROWS), column),
      j: () => roving.go(row + 1, column),
      k: () => roving.go(Math.max(1, row - 1), column),
    }
    const act = moves[event.key]
    if (act) {
      event.preventDefault()
      event.stopPropagation()
      act()
      return
    }
    const onControl = (event.target as Element).matches('a, button')
    const open = rows[row - 1]
    if (event.key === 'Enter' && !onControl && open !== undefined && onOpen) onOpen(open)
  }

  const widths = columns.map((column) => widthOf(column, rows))
  const least = widths.reduce((sum, width) => sum + width, 0)
  return (
    <div className="grid-box">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role --
          the grid pattern of ARIA on a native table: find, print and screen readers work. */}
      <table ref={roving.table} role="grid" aria-label={props.caption} className="grid"
        aria-rowcount={props.total < 0 ? -1 : props.total + 1} aria-colcount={columns.length}
        style={{ minWidth: `${least}rem` }} onKeyDown={onKeyDown} onFocus={roving.onFocus}>
        <colgroup>
          {columns.map((column, place) => (
            <col key={column.id} style={{ width: `${widths[place] ?? FIRST_REM}rem` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sorts={sorts} onSort={onSort} />
            ))}
          </tr>
          {props.head}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row, index) => (
            <tr key={row.id} aria-rowindex={index + 2} data-row={row.id}
              className={props.isGone?.(row.original) ? 'gone' : undefined}
              title={props.isGone?.(row.original) ? t('state.gone') : undefined}
              onDoubleClick={() => onOpen?.(row.original)}>
              {row.getAllCells().map((cell, place) => (
                <td key={cell.id} className={columns[place]?.end ? 'end' : undefined} tabIndex={-1}>
                  <FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface HeadCellProps<T extends RowData> {
  column: Column<T>
  sorts: readonly Sort[]
  onSort?: GridProps<T>['onSort']
}

function HeadCell<T extends RowData>({ column, sorts, onSort }: HeadCellProps<T>) {
  const { sort } = column
  const by = sort && sorts.find((one) => one.field === sort.field)
  const direction = by ? (by.descending ? 'descending' : 'ascending') : 'none'
  return (
    <th scope="col" className={column.end ? 'end' : undefined} title={column.tip}
      aria-sort={sort ? direction : undefined} tabIndex={-1}>
      {sort && onSort ? (
        <button type="button" className="sort"
          onClick={(event) => onSort(sort.field, sort.first, event.shiftKey)}>
          {column.title}
          <span aria-hidden="true" className="sort-mark">
            {by ? (by.descending ? '▼' : '▲') : ''}
          </span>
        </button>
      ) : column.title}
    </th>
  )
}
