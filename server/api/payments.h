/* payments.h - money: who collects it, what it buys, and how it comes back.
 *
 * Money moves an order only from a verified webhook, never from what a browser says. */
#ifndef PAYMENTS_H
#define PAYMENTS_H

#include "action.h"
#include "storage/store_payment.h"

/* Who collects. All else about a provider is behind its own routes. */
struct payment_provider {
    const char *name; /* of --payment-provider, the order, its webhook     */
    /* Where the patient pays `order`, to come back to the appointment: the caller's. NULL: -ENOMEM. */
    char *(*checkout)(struct api *, const struct payment_order *order, const char *appointment);
    /* Asks for a refund, through the outbox, not before `due_utc` (0: now); its id is the idempotency key. */
    int (*refund)(struct action *, struct db *, const struct payment_order *,
                  const struct payment_refund *refund, int64_t due_utc);
    /* It is not to be asked for after all. -EALREADY: it was. */
    int (*recall)(struct db *, const char *refund);
};
extern const struct payment_provider payment_sandbox;

/* An order for the fee of what is held. */
int payment_open(struct action *, struct db *, const struct appointment_access *held);

/* The appointment `before` has come to the status `to`: what was not paid is closed, what is owed goes back,
 * but not before `refund_utc` (0: at once). */
int payment_follow(struct action *, struct db *, const struct appointment_access *before, const char *to,
                   int64_t refund_utc);
/* That end is undone, and so is its refund. -EALREADY: the provider has been asked for it. */
int payment_recall(struct action *, struct db *, const struct appointment_access *before);

/* The provider has `amount_minor` more of the order: booked once by its `charge`, and used for the
 * appointment, or given back whole. `ret_outcome`: a word for the event's row. */
struct payment_money {
    const char *charge, *currency;
    int64_t amount_minor;
};
int payment_came(struct action *, struct db *, const struct payment_order *, const struct payment_money *,
                 const char **ret_outcome);

#endif
