// Rows that stay where they are while the data behind them moves. Pure.
//
// What is shown keeps its order; values change in place; a row that is gone stays, marked; what is
// new or stands elsewhere is only counted until a person asks for it.
export interface StillRow<T> {
  row: T
  gone: boolean
}
export interface Still<T> {
  rows: StillRow<T>[]
  fresh: number
  moved: number
}

export function still<T>(shown: readonly T[], latest: readonly T[],
  idOf: (row: T) => string): Still<T> {
  const place = new Map(latest.map((row, index) => [idOf(row), index]))
  const known = new Set(shown.map(idOf))
  const rows = shown.map((row) => {
    const now = place.get(idOf(row))
    const newest = now === undefined ? undefined : latest[now]
    return { row: newest ?? row, gone: newest === undefined }
  })
  const kept = shown.map(idOf).filter((id) => place.has(id))
  const order = latest.map(idOf).filter((id) => known.has(id))
  return {
    rows,
    fresh: latest.filter((row) => !known.has(idOf(row))).length,
    moved: kept.filter((id, index) => order[index] !== id).length,
  }
}
