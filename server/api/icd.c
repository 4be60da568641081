/* icd.c - looking up a code of the classification, at each key. */
#include <errno.h>

#include "action.h"
#include "storage/store_icd.h"

static int icd_search(struct action *a, struct db *db)
{
    const char *text;
    json_t *items = NULL;
    int64_t limit;
    int err = action_take_text(a, "q", STORE_ICD_WORD_MAX, &text);

    if (err == 0)
        err = action_take_int(a, "limit", 1, STORE_ICD_MAX, 20, &limit);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && text == NULL)
        err = action_mind(a, "q is missing: what is looked for");
    if (err == 0)
        err = store_icd_search(db, text, (int)limit, &items);
    return err ? err : action_answer(a, json_pack("{s:o}", "items", items));
}

/* The doors. */
const struct route icd_routes[] = {
    { "GET", "/api/v1/icd", icd_search, MAY_CARE, READ, NULL, NULL },
    { 0 },
};
