/* rx_check.h - what speaks against a prescription; PRODUCT c3. Pure.
 *
 * A check is { code, level: "error"|"warning", item?: index, why?: text }. What a doctor may know better
 * (allergy, duplicate, dose, age) becomes a warning once the item's `override` says why. */
#ifndef RX_CHECK_H
#define RX_CHECK_H

#include <jansson.h>
#include <stdbool.h>

enum { RX_GUARDED_YEARS = 6 };                  /* younger ones need a guardian                       */

struct rx_case {                                /* all lent                                           */
    const json_t *items;                        /* RxItem, without fault (rx_item.h)                  */
    const json_t *drugs;                        /* by their codes; one that is not there is unknown   */
    const json_t *taken;                        /* drugs by other prescriptions; or NULL              */
    const json_t *allergies;                    /* [{ substance }]; or NULL                           */
    int           age_years;                    /* -1: not known                                      */
    bool          has_guardian, licence_ended;
};
/* -ENOMEM. The list is the caller's; empty without items. */
int rx_check(const struct rx_case *c, json_t **ret_checks);

#endif
