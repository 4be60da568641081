/* idempotency.c - a POST that comes again gets the first answer, and does nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "auth/digest.h"
#include "door.h"
#include "storage/store_idempotency.h"
#include "xalloc.h"

static struct idempotency request_of(const struct action *a)
{
    return (struct idempotency){ .user = a->session.user.id, .key = a->key, .route = a->name,
                                 .hash = a->key_hash };
}

/* What is asked of what: members in any order are the same request. */
static int hash_make(struct action *a)
{
    char *input = json_dumps(a->input, JSON_COMPACT | JSON_SORT_KEYS), *all;
    int err;

    if (input == NULL)
        return -ENOMEM;
    all = xprintf("%s\n%s\n%s", a->consult_id, a->object_id, input);
    err = digest_sha256(all, strlen(all), a->key_hash);
    free(all);
    free(input);
    return err;
}

int idempotency_begin(struct action *a, struct db *db)
{
    struct idempotency request = request_of(a);
    json_t *first = NULL;
    int found, err;

    if (a->key == NULL) {
        if (a->detail == NULL)
            a->detail = xstrdup("this needs the header Idempotency-Key");
        return -EINVAL;
    }
    err = hash_make(a);
    if (err)
        return err;
    found = store_idempotency_find(db, &request, &first);
    if (found > 0)
        a->answer = first;
    return found;
}

int idempotency_end(struct action *a, struct db *db)
{
    struct idempotency request = request_of(a);

    return store_idempotency_add(db, &request, a->answer_text);
}
