/* rx_item.h - the shape of what is prescribed. Pure.
 *
 * RxItem { drug, name?: { zh?, en? }, dose?, unit?, route?, frequency?, days?, quantity?, text?, override? };
 * a draft's may lack all but the drug's code. */
#ifndef RX_ITEM_H
#define RX_ITEM_H

#include <jansson.h>
#include <stdbool.h>

enum { RX_ITEMS_MAX = 20, RX_DAYS_MAX = 365 };

/* What is wrong, for people; NULL: nothing. */
const char *rx_items_fault(const json_t *items);
/* Says how much, how often and how long; the items have no fault. */
bool rx_item_is_complete(const json_t *item);
/* On a day on which it is taken; as needed counts as four times. 0: no frequency of ours. */
int rx_times_a_day(const char *frequency);

#endif
