// From messages of the contracts to the plain values that pages use.
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import type { Coverage } from '@gen/encours/common/v1alpha1/coverage_pb'
import type { Money } from '@gen/encours/common/v1alpha1/money_pb'
import type { Date as ProtoDate } from '@gen/google/type/date_pb'
import { create } from '@bufbuild/protobuf'
import { DateSchema } from '@gen/google/type/date_pb'

export const minorOf = (money: Money | undefined): bigint => money?.minor ?? 0n

export function isoOf(date: ProtoDate | undefined): string {
  if (!date?.year) return ''
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`
}

export function protoDate(iso: string): ProtoDate {
  const [year, month, day] = iso.split('-').map(Number)
  return create(DateSchema, { year, month, day })
}

export function dateOf(at: Timestamp | undefined): Date | null {
  return at ? new Date(Number(at.seconds) * 1000 + Math.floor(at.nanos / 1_000_000)) : null
}

// Share of the partitions that answered, in per cent; 100 when all did.
export function readShare(coverage: Coverage | undefined): number {
  if (!coverage || coverage.missingPartitions.length === 0) return 100
  return Math.floor((1_000_000 - coverage.missingPpm) / 10_000)
}
