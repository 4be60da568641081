/* payments.h - money: who collects it, what it buys, and how it comes back.
 *
 * Money moves an order only from a verified webhook or the provider's answer when asked, never from what a
 * browser says. */
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
    /* Asks what has become of a session, after the commit: payment_answered() hears { charges: [{ charge,
     * amount, currency }], refunds: [{ refund, state }] }. */
    void (*query)(struct action *, int64_t order, const char *session);
};
extern const struct payment_provider payment_sandbox;

/* An order for the fee of what is held. */
int payment_open(struct action *, struct db *, const struct appointment_access *held);

/* The appointment `before` has come to the status `to`: what was not paid is closed, what is owed goes back,
 * but not before `refund_utc` (0: at once). */
int payment_follow(struct action *, struct db *, const struct appointment_access *before, const char *to,
                   int64_t refund_utc);
/* What was kept for a no-show goes back, too: it was disputed. */
int payment_waive(struct action *, struct db *, const struct appointment_access *missed);
/* That end is undone, and so is its refund. -EALREADY: the provider has been asked for it. */
int payment_recall(struct action *, struct db *, const struct appointment_access *before);

/* If nothing is heard of the order for a while after `from_utc` (0: now), it is asked about. */
int payment_ask_later(struct action *, struct db *, int64_t order, int64_t from_utc);
/* The hold it pays for has lapsed: asked now, and closed if the provider knows of no money. */
int payment_ask_now(struct action *, struct db *, int64_t order);
/* The job: whoever has heard nothing for long asks. */
int payments_ask(struct action *, struct db *, int64_t *ret_next_utc);
/* The answer of query: outbox.c. */
int payment_answered(struct action *, struct db *);
/* What the provider says of an order, told or asked: its refund has ended. `ret_outcome`: the state, or
 * "unknown" when nobody asked for it, or "known". */
int payment_refund_ended(struct action *, struct db *, const struct payment_order *, const char *refund,
                         const char *state, const char **ret_outcome);
/* All who look at the order hear that it has changed. */
int payment_tell(struct action *, struct db *, const struct payment_order *);

/* The provider has `amount_minor` more of the order: booked once by its `charge`, and used for the
 * appointment, or given back whole. `ret_outcome`: a word for the event's row. */
struct payment_money {
    const char *charge, *currency;
    int64_t amount_minor;
};
int payment_came(struct action *, struct db *, const struct payment_order *, const struct payment_money *,
                 const char **ret_outcome);

#endif
