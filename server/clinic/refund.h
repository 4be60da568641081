/* refund.h - what comes back when an appointment is cancelled. Pure. */
#ifndef REFUND_H
#define REFUND_H

#include <jansson.h>
#include <stdint.h>

enum { REFUND_TIERS_MAX = 8 };

/* Tiers: [{"hours": 24, "percent": 100}, {"hours": 2, "percent": 50}], hours falling from tier to tier and
 * percent not rising; so long before the start, or longer, that much of the fee comes back; later nothing.
 * -EINVAL. */
int refund_tiers_check(const json_t *tiers);

struct refund { int percent; int64_t refund_minor, kept_minor; };       /* the two are the fee         */

/* The share of a fee, rounded in the patient's favour. */
struct refund refund_of_percent(int64_t fee_minor, int percent);
/* He did not come, and so much of the fee is kept for it. */
struct refund refund_of_no_show(int64_t fee_minor, int fee_percent);
/* Cancelled by the patient; `before_s` may be negative. Tiers were checked. */
struct refund refund_by_patient(const json_t *tiers, int64_t fee_minor, int64_t before_s);

#endif
