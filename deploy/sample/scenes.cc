#include "deploy/sample/scenes.h"

#include <algorithm>
#include <array>

#include "common/base/check.h"
#include "deploy/sample/portfolio.h"

namespace encours::sample {
namespace {

// What a named account has besides its trade.
struct NamedScene {
  int account;
  std::string_view scene;
  // How many days before today its state holds.
  int days_ago = 0;
};
constexpr NamedScene kNamedScenes[] = {{2, "limit_raised", 200},
                                       {2, "limit_exceeded"},
                                       {3, "promise_proposed"},
                                       {3, "promise_active"},
                                       {3, "promise_kept", 90},
                                       {3, "promise_kept", 10},
                                       {3, "promise_partly_kept", 150},
                                       {3, "promise_broken"},
                                       {3, "promise_broken", 200},
                                       {3, "promise_replaced"},
                                       {3, "plan_running"},
                                       {4, "group_payment"},
                                       {4, "group_payment", 60},
                                       {4, "limit_of_company"},
                                       {8, "dispute_open"},
                                       {8, "dispute_under_review"},
                                       {8, "dispute_of_all", 40},
                                       {8, "dispute_accepted"},
                                       {8, "dispute_partly_accepted"},
                                       {8, "dispute_rejected"},
                                       {8, "dispute_withdrawn"},
                                       {8, "dispute_escalated"},
                                       {9, "limit_exceeded"},
                                       {9, "order_waiting"},
                                       {9, "order_partly_invoiced"},
                                       {9, "orders_blocked"},
                                       {11, "debit_rejected"},
                                       {11, "debit_rejected", 120},
                                       {12, "plan_broken"},
                                       {12, "limit_withdrawn"},
                                       {12, "orders_blocked"},
                                       {13, "write_offs"},
                                       {13, "account_closed"},
                                       {14, "einvoice_paid"},
                                       {14, "einvoice_payment_announced"},
                                       {14, "einvoice_partly_approved"},
                                       {14, "einvoice_disputed"},
                                       {14, "einvoice_suspended"},
                                       {14, "einvoice_completed"},
                                       {14, "einvoice_refused"},
                                       {14, "einvoice_refused_and_replaced"},
                                       {14, "einvoice_rejected"},
                                       {14, "einvoice_direct_payment"},
                                       {15, "promise_broken", 30},
                                       {16, "dispute_open"},
                                       {16, "promise_broken"},
                                       {16, "hold_account"},
                                       {17, "paper_running"},
                                       {17, "paper_honoured"},
                                       {17, "paper_unpaid"},
                                       {18, "early_discount"},
                                       {18, "early_discount", 120},
                                       {18, "small_difference"},
                                       {20, "write_offs"},
                                       {20, "account_closed"},
                                       {21, "order_partly_invoiced"},
                                       {21, "down_payment"},
                                       {21, "down_payment_waiting"},
                                       {21, "instalments"},
                                       {21, "retention"},
                                       {22, "einvoice_factored"},
                                       {22, "set_off"},
                                       {22, "free_credit"},
                                       {22, "credit_for_part"}};

// An account that begins, comes back or stops has a story of its own, which scenes would spoil.
bool trades_as_usual(const Account& account) {
  return account.habit != Habit::kDefaulting && account.habit != Habit::kNewcomer &&
         account.habit != Habit::kReturning;
}

bool suits(const Options& options, const Account& account, bool by_post, bool french_only) {
  if (account.by_post != by_post) return false;
  if (account.named || account.natural_person || !trades_as_usual(account)) return false;
  if (french_only && !account.french()) return false;
  return account.first_day == options.start();
}

class Stage {
 public:
  Stage(const Options& options, std::vector<Desk>* desks)
      : options_(options), desks_(*desks), today_(last_business_day(options.end, true)) {}

  void play_named() {
    for (const NamedScene& one : kNamedScenes) {
      Desk& desk = desks_[static_cast<std::size_t>(one.account - 1)];
      play(kind(one.scene), &desk, today_ - one.days_ago);
    }
  }

  // Each once so that its state is there today, and as often as its share says in the past.
  void play_drawn(std::span<const SceneKind> kinds, bool french_only) {
    for (const SceneKind& kind : kinds) {
      const std::vector<Desk*> suited = suited_desks(kind.settles_unread, french_only);
      if (suited.empty()) continue;
      Random random(options_.seed, "scene/" + std::string(kind.name));
      play(kind, random.pick(suited), today_);
      const int times = options_.accounts * kind.per_thousand / 1000;
      for (int i = 0; i < times; ++i) {
        Desk* desk = random.pick(suited);
        play(kind, desk, options_.start() + random.between(kSceneDays, days() - 1));
      }
    }
  }

 private:
  std::vector<Desk*> suited_desks(bool by_post, bool french_only) {
    std::vector<Desk*> found;
    for (Desk& desk : desks_) {
      if (suits(options_, desk.account(), by_post, french_only)) found.push_back(&desk);
    }
    return found;
  }

  int days() const { return options_.end - options_.start(); }

  static const SceneKind& kind(std::string_view name) {
    for (const auto kinds : {invoice_scenes(),
                             einvoice_scenes(),
                             money_scenes(),
                             promise_scenes(),
                             dispute_scenes(),
                             customer_scenes(),
                             group_scenes()}) {
      for (const SceneKind& one : kinds) {
        if (one.name == name) return one;
      }
    }
    ENCOURS_CHECK(false, "a named account plays a scene that there is");
    return invoice_scenes().front();
  }

  void play(const SceneKind& kind, Desk* desk, Date now) {
    ENCOURS_CHECK(desk->account().by_post || !kind.settles_unread,
                  "who settles in a way that is not read yet gets no mails");
    now = last_business_day(now, true);
    Random random(options_.seed,
                  std::string(kind.name) + "/" + desk->account().id + "/" + now.to_string());
    kind.play({options_, *desk, random, now});
  }

  const Options& options_;
  std::vector<Desk>& desks_;
  Date today_;
};

}  // namespace

void play_scenes(const Options& options, std::vector<Desk>* desks) {
  ENCOURS_CHECK(options.end - options.start() > kSceneDays, "a scene has room");
  Stage stage(options, desks);
  stage.play_named();
  for (const auto kinds :
       {invoice_scenes(), money_scenes(), promise_scenes(), dispute_scenes(), customer_scenes()}) {
    stage.play_drawn(kinds, false);
  }
  stage.play_drawn(einvoice_scenes(), true);
}

std::int64_t some_net(const Scene& scene) {
  return std::max<std::int64_t>(10'000, scene.random.spread(scene.desk.account().median_net));
}

Invoice draft_due(const Scene& scene, int days) {
  const Date due = scene.now - days;
  Invoice invoice = scene.desk.draft(std::min(due - 35, scene.now - 14), some_net(scene));
  set_date(due, invoice.event.mutable_due_date());
  return invoice;
}

Invoice sell_due(const Scene& scene, int days) {
  Invoice invoice = draft_due(scene, days);
  scene.desk.issue(&invoice);
  return invoice;
}

Scene later(const Scene& scene, int days) {
  return {scene.options, scene.desk, scene.random, last_business_day(scene.now + days, true)};
}

Date day_after(const Scene& scene, int days) { return next_business_day(scene.now + days, true); }

void tell(const Scene& scene,
          const char* source,
          const std::string& id,
          int version,
          int days,
          erp::ErpEvent event) {
  scene.desk.send(source, id, version, day_after(scene, days), std::move(event));
}

}  // namespace encours::sample
