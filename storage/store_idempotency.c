/* store_idempotency.c - keys of requests, and their answers under seal. */
#include "storage/store_idempotency.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { HASH_SIZE = 32, WHERE_SIZE = 16 + 24 + STORE_KEY_MAX };

static const char *where_of(const struct idempotency *request, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "idempotency:%" PRId64 ":%s", request->user, request->key);
    return where;
}

static int answer_open(struct db *db, const struct db_query *q, const struct idempotency *request,
                       json_t **ret_answer)
{
    const struct seal *seal = &db_host(db)->seal;
    unsigned char *plain = NULL;
    char where[WHERE_SIZE];
    const void *sealed;
    size_t size;
    int err;

    sealed = db_column_blob(q, 2, &size);
    err = seal->open(seal->data, where_of(request, where), sealed, size, &plain, &size);
    if (err)
        return err;
    err = db_json_read(db, plain, size, ret_answer);
    free(plain);
    return err ? err : 1;
}

static bool is_same(const struct db_query *q, const struct idempotency *request)
{
    const void *hash;
    size_t size;

    hash = db_column_blob(q, 1, &size);
    return strcmp(db_column_text(q, 0), request->route) == 0 && size == HASH_SIZE &&
           memcmp(hash, request->hash, HASH_SIZE) == 0;
}

int store_idempotency_find(struct db *db, const struct idempotency *request, json_t **ret_answer)
{
    struct db_query q;
    int more, err;

    err = store_client_id_check(request->key);
    if (err)
        return err;
    more = db_query(db, &q, "SELECT route, request_hash, body_enc FROM idempotency WHERE user_id = $1 AND "
                            "key = $2 "
                    "AND created_utc > $3",
                    ARGS(INT(request->user), TEXT(request->key), INT(db_now(db) - STORE_KEY_LIFE_S)));
    if (more <= 0)
        return more;
    err = is_same(&q, request) ? answer_open(db, &q, request, ret_answer) : -EALREADY;
    db_done(&q);
    return err;
}

int store_idempotency_add(struct db *db, const struct idempotency *request, const char *answer)
{
    const struct seal *seal = &db_host(db)->seal;
    unsigned char *sealed;
    char where[WHERE_SIZE];
    size_t size;
    int err;

    err = seal->seal(seal->data, where_of(request, where), answer, strlen(answer), &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO idempotency(user_id, key, route, request_hash, body_enc, created_utc) "
                 "VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT(user_id, key) DO UPDATE SET route = "
                 "excluded.route, "
                 "request_hash = excluded.request_hash, body_enc = excluded.body_enc, "
                 "created_utc = excluded.created_utc",
                 ARGS(INT(request->user), TEXT(request->key), TEXT(request->route),
                      BLOB(request->hash, HASH_SIZE), BLOB(sealed, size), INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : 0;
}

int store_idempotency_purge(struct db *db)
{
    return db_run(db, "DELETE FROM idempotency WHERE created_utc <= $1",
                  ARGS(INT(db_now(db) - STORE_KEY_LIFE_S)));
}
