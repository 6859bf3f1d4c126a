// Customers: the list, and one of them in each of its currencies.
//
// Rows come from three tables that are read side by side, some hundred customers at a time.
#pragma once

#include <functional>

#include "services/portfolio/query/customer_view.h"
#include "services/portfolio/query/day_list.h"

namespace encours::portfolio {

struct CustomersMethod : DayList {
  using Request = api::ListCustomersRequest;
  using Response = api::ListCustomersResponse;
  using View = api::CustomerView;
  static constexpr const char* kName = "customers";

  static google::protobuf::RepeatedPtrField<View>* rows_of(Response* response) {
    return response->mutable_customers();
  }
  static std::string tie(const View& view);
  static Status each(const RowReader& rows,
                     const query::ListQuestion& question,
                     const std::function<void(View&&)>& visit);
  // The name, unless the filter had to read it already.
  static Status complete(const query::QueryContext& context, View* view);
};

using CustomerList = query::PagedList<CustomersMethod>;

// `owner` is the partition of the account; refused with "customer_not_found".
Result<api::GetCustomerResponse> get_customer(const query::QueryContext& context,
                                              const query::PartitionRows& owner,
                                              const api::GetCustomerRequest& request);

// The account's own row, where the reader may see it; else refused with "customer_not_found".
Result<state::CustomerViewRow> visible_customer(const query::QueryContext& context,
                                                const RowReader& rows,
                                                const std::string& tenant,
                                                const std::string& account);

}  // namespace encours::portfolio
