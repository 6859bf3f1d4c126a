// A customer in all its currencies: the file reads it, and other places show its name.
import { queryOptions, useQuery } from '@tanstack/react-query'
import { portfolio } from '@/api/client'

export const customerQuery = (tenant: string, account: string) => queryOptions({
  queryKey: ['customer', tenant, account],
  queryFn: ({ signal }) => portfolio.getCustomer({ tenant, account }, { signal }),
})

// The number, where the name is not known (yet).
export function useCustomerName(tenant: string, account: string): string {
  const read = useQuery(customerQuery(tenant, account))
  return read.data?.customers[0]?.displayName || account
}
