// Invoices: the list over all customers of a tenant.
#pragma once

#include <functional>

#include "services/portfolio/query/customer_view.h"
#include "services/portfolio/query/day_list.h"

namespace encours::portfolio {

struct InvoicesMethod : DayList {
  using Request = api::ListInvoicesRequest;
  using Response = api::ListInvoicesResponse;
  using View = api::InvoiceView;
  static constexpr const char* kName = "invoices";

  static google::protobuf::RepeatedPtrField<View>* rows_of(Response* response) {
    return response->mutable_invoices();
  }
  static std::string tie(const View& view);
  static Status each(const RowReader& rows,
                     const query::ListQuestion& question,
                     const std::function<void(View&&)>& visit);
};

using InvoiceList = query::PagedList<InvoicesMethod>;

}  // namespace encours::portfolio
