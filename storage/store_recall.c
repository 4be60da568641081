/* store_recall.c - what was said is taken back: its place stays, its words and file are nobody's to see. */
#include "storage/store_message.h"

#include <errno.h>
#include <string.h>

#include "storage/store_token.h"

static bool is_own(const char *kind)
{
    return strcmp(kind, "system") != 0 && strcmp(kind, "card") != 0;
}

/* 1: may be taken back. 0: has been. */
static int recall_check(struct db *db, int64_t consult, int64_t user, const char *id, int64_t within_s)
{
    struct db_query q;
    int more, err;

    more = db_query(db, &q, "SELECT m.sender_id, m.kind, m.sent_utc, m.recalled_utc, c.closed_utc "
                    "FROM message m JOIN consultation c ON c.id = m.consultation_id "
                    "WHERE m.public_id = $1 AND m.consultation_id = $2", ARGS(TEXT(id), INT(consult)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    if (db_column_int(&q, 0) != user || !is_own(db_column_text(&q, 1)))
        err = -EPERM;
    else if (db_column_int(&q, 3))
        err = 0;
    else if (db_column_int(&q, 4))
        err = -ESHUTDOWN;
    else
        err = db_now(db) > db_column_int(&q, 2) + within_s ? -ETIME : 1;
    db_done(&q);
    return err;
}

int store_message_recall(struct db *db, int64_t consult, int64_t user, const char *id, int64_t within_s,
                         json_t **ret_recalled)
{
    int may = recall_check(db, consult, user, id, within_s), err = may < 0 ? may : 0;

    if (may > 0)
        err = store_token_remove(db, id);
    if (may > 0 && err == 0)
        err = db_run(db, "UPDATE message SET recalled_utc = $2 WHERE public_id = $1",
                     ARGS(TEXT(id), INT(db_now(db))));
    if (err >= 0)
        err = db_row(db, ret_recalled, "SELECT c.public_id AS \"consult\", m.public_id AS \"id\", "
                     "m.seq AS \"seq\", m.recalled_utc AS \"recalledAt\" FROM message m JOIN consultation c "
                     "ON c.id = m.consultation_id WHERE m.public_id = $1", ARGS(TEXT(id)));
    return err < 0 ? err : may;
}
