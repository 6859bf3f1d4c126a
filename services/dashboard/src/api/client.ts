// The services by gRPC-Web, through the gateway that also served this page.
import { Code, ConnectError, createClient, type Interceptor } from '@connectrpc/connect'
import { createGrpcWebTransport } from '@connectrpc/connect-web'
import { AlertingService } from '@gen/encours/alerting/v1alpha1/alerting_pb'
import { IngestionService } from '@gen/encours/ingestion/v1alpha1/ingestion_pb'
import { PortfolioService } from '@gen/encours/portfolio/v1alpha1/portfolio_pb'
import { RiskService } from '@gen/encours/risk/v1alpha1/risk_pb'
import { ScoringService } from '@gen/encours/scoring/v1alpha1/scoring_pb'
import { currentSession, expire } from './session'

const TIMEOUT_MS = 30_000

const withToken: Interceptor = (next) => async (request) => {
  request.header.set('authorization', `Bearer ${currentSession().token}`)
  try {
    return await next(request)
  } catch (problem) {
    if (ConnectError.from(problem).code === Code.Unauthenticated) expire()
    throw problem
  }
}

const transport = createGrpcWebTransport({
  baseUrl: location.origin,
  interceptors: [withToken],
  defaultTimeoutMs: TIMEOUT_MS,
})

export const portfolio = createClient(PortfolioService, transport)
export const alerting = createClient(AlertingService, transport)
export const ingestion = createClient(IngestionService, transport)
export const scoring = createClient(ScoringService, transport)
export const risk = createClient(RiskService, transport)

// What a failed call says to a person.
export interface Problem {
  kind: 'not_found' | 'refused' | 'signed_out' | 'failed'
  // Column in characters from 1, where the text of a filter or order is to blame; else 0.
  column: number
  code: string
  field: string
  message: string
  // What to tell the people who run it.
  reference: string
}

const KINDS = new Map<Code, Problem['kind']>([
  [Code.NotFound, 'not_found'],
  [Code.PermissionDenied, 'not_found'],
  [Code.InvalidArgument, 'refused'],
  [Code.Unauthenticated, 'signed_out'],
])

export function problemOf(error: unknown): Problem {
  const problem = ConnectError.from(error)
  const column = /^Column (\d+): /.exec(problem.rawMessage)
  return {
    kind: KINDS.get(problem.code) ?? 'failed',
    column: column ? Number(column[1]) : 0,
    code: problem.metadata.get('encours-error-code') ?? Code[problem.code] ?? '',
    field: problem.metadata.get('encours-error-field') ?? '',
    message: problem.rawMessage,
    reference: problem.metadata.get('encours-trace-id') ?? Code[problem.code] ?? '',
  }
}
