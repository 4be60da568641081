/* store_payment.h - orders, the ledger, refunds and what providers said.
 *
 * Payment { id, state, amount, refunded: { amount, currency }, provider, expiresAt, lines: [{ kind,
 * amountMinor, at }] }                            checkoutUrl is the provider's to make An order belongs to a
 * series: a move takes its money along. */
#ifndef STORAGE_STORE_PAYMENT_H
#define STORAGE_STORE_PAYMENT_H

#include "storage/store_appointment.h"

enum { STORE_PROVIDER_SIZE = 16 };

struct payment_order { /* a row, for decisions                               */
    int64_t id, appointment, amount_minor, balance_minor, expires_utc;
    char public_id[DB_ID_SIZE], session[DB_ID_SIZE], series[DB_ID_SIZE], state[STORE_STATUS_SIZE];
    char provider[STORE_PROVIDER_SIZE], currency[STORE_CURRENCY_SIZE];
};

/* "created", for the fee of the appointment, as long as it is held. -EEXIST: the series has an open one. */
int store_payment_add(struct db *db, const struct appointment_access *appointment, const char *provider,
                      struct payment_order *ret_order);
int store_payment_find(struct db *db, const char *provider, const char *session,
                       struct payment_order *ret_order); /* -ENOENT            */
int store_payment_by_id(struct db *db, int64_t order, struct payment_order *ret_order);
/* The one that counts: the open one, else one that has money, else the last. -ENOENT. */
int store_payment_newest(struct db *db, const char *series, struct payment_order *ret_order);
/* The one of the series that has money. -ENOENT. */
int store_payment_funded(struct db *db, const char *series, struct payment_order *ret_order);
int store_payment_get(struct db *db, int64_t order, json_t **ret_payment);
struct payment_list { const char *state, *cursor; int limit; };     /* NULL: any; 0: 50                  */
/* Of a clinic, the newest first, each with the appointment it is for now: { items: [{ id, state, amount,
 * refunded, provider, createdAt, appointment: { id, startAt, status }, patient, doctor, service }],
 * nextCursor }. -EINVAL: bad cursor. */
int store_payment_list(struct db *db, int64_t clinic, const struct payment_list *wanted, json_t **ret_page);
/* The last of the series: the appointment that the money is for now. */
int store_payment_appointment(struct db *db, const char *series, struct appointment_access *ret_access);
/* An appointment that the clock ended, not a person. */
int store_payment_is_lapsed(struct db *db, int64_t appointment, bool *ret_lapsed);

int store_payment_move(struct db *db, int64_t order, const char *to); /* DB_BAD_TRANSITION: no such edge */
int store_payment_close(struct db *db, const char *series);           /* the open one; how many: 0, 1       */
/* Its provider is to be asked of it then, and again, later each time, while it is pending or refunding; when
 * it has failed or was closed, too, but no longer than its hold. */
int store_payment_ask_at(struct db *db, int64_t order, int64_t utc);
/* Those to be asked now, at most `limit`: [{ id, session }]. They are due again after first_s, twice as late
 * each time, an hour at most. */
int store_payment_ask_take(struct db *db, const char *provider, int64_t first_s, int limit, json_t **ret_due);
int store_payment_ask_next(struct db *db, const char *provider, int64_t *ret_utc); /* -ENOENT: none     */
/* The provider knows of no money, and the time for it is over: closed, or failed; not asked again. */
int store_payment_close_asked(struct db *db, int64_t order);
/* From its lines and refunds: paid, refunding, partially_refunded, refunded. */
int store_payment_settle(struct db *db, int64_t order);

/* Once: 1 booked, 0 it was there. `amount_minor` as it stands in the ledger: a refund is below zero. */
int store_payment_line(struct db *db, int64_t order, const char *kind, int64_t amount_minor, const char *ref);

/* Asks for at most what the order has and no other refund wants. 1 with its id; 0: nothing to give back, or
 * this cause has given already. */
struct refund_new {
    int64_t order, amount_minor;
    const char *key, *reason;
};
struct payment_refund {
    int64_t amount_minor;
    char public_id[DB_ID_SIZE], state[STORE_STATUS_SIZE]; /* requested, succeeded, failed          */
};
int store_refund_add(struct db *db, const struct refund_new *refund, struct payment_refund *ret_refund);
/* Of this cause, and the order of the series it is of. -ENOENT. */
int store_refund_find(struct db *db, const char *series, const char *key, struct payment_order *ret_order,
                      struct payment_refund *ret_refund);
/* It was never asked for. -ENOENT: the provider has said something of it. */
int store_refund_drop(struct db *db, const char *refund);
/* The provider has said: "succeeded", which books the line, or "failed". 1: he says so now, 0: he has
 * before. -ENOENT: no such refund of the order. */
int store_refund_end(struct db *db, int64_t order, const char *refund, const char *state);

/* 1 new, 0 seen before. */
int store_payment_event_add(struct db *db, const char *provider, const char *event_id, const char *body,
                            const char *outcome);
int store_payment_event_seen(struct db *db, const char *provider, const char *event_id);

#endif
