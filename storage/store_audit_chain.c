/* store_audit_chain.c - each row of the audit vouches for all before it. */
#include "storage/store_audit_chain.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every walk begins with these, for row_read(). */
#define ROW_SELECT                                                                                           \
    "SELECT id, at_utc, actor_id, patient_id, clinic_id, action, object, ip, detail, purpose, hash "         \
    "FROM audit_event WHERE id > $1 ORDER BY id"
enum { COLUMN_TEXTS = 5, COLUMN_HASH = COLUMN_TEXTS + AUDIT_TEXTS, NUMBERS = 5, NUMBER_SIZE = 8 };
enum { HEX_SIZE = 2 * MAC_SIZE };

static const char use[] = "audit", head_use[] = "audit-head";

/* --- one row ------------------------------------------------------------------------------------------- */

static unsigned char *number_put(unsigned char *at, uint64_t number, int size)
{
    for (int i = size - 1; i >= 0; i--, number >>= 8)
        at[i] = (unsigned char)number;
    return at + size;
}

/* malloc'd, for free(); the layout is in the header. */
static unsigned char *row_bytes(const struct audit_row *row, const unsigned char before[MAC_SIZE],
                                size_t *ret_size)
{
    const int64_t numbers[NUMBERS] = { row->id, row->at_utc, row->actor, row->patient, row->clinic };
    size_t size = MAC_SIZE + NUMBERS * NUMBER_SIZE;
    unsigned char *bytes, *at;

    for (int i = 0; i < AUDIT_TEXTS; i++)
        size += 4 + row->texts[i].size;
    bytes = malloc(size);
    if (bytes == NULL)
        return NULL;
    memcpy(bytes, before, MAC_SIZE);
    at = bytes + MAC_SIZE;
    for (int i = 0; i < NUMBERS; i++)
        at = number_put(at, (uint64_t)numbers[i], NUMBER_SIZE);
    for (int i = 0; i < AUDIT_TEXTS; i++) {
        const struct audit_text *text = &row->texts[i];

        assert(text->size < UINT32_MAX);
        at = number_put(at, text->at != NULL ? text->size + 1 : 0, 4);
        if (text->size > 0)
            memcpy(at, text->at, text->size);
        at += text->size;
    }
    *ret_size = size;
    return bytes;
}

static int row_sign(struct db *db, struct audit_row *row, const unsigned char before[MAC_SIZE])
{
    const struct mac *mac = &db_host(db)->mac;
    size_t size;
    unsigned char *bytes = row_bytes(row, before, &size);
    int err = bytes != NULL ? mac->sign(mac->data, use, bytes, size, row->hash) : -ENOMEM;

    free(bytes);
    return err;
}

static int row_check(struct db *db, const struct audit_row *row, const unsigned char before[MAC_SIZE])
{
    const struct mac *mac = &db_host(db)->mac;
    size_t size;
    unsigned char *bytes = row_bytes(row, before, &size);
    int err = bytes != NULL ? mac->check(mac->data, use, bytes, size, row->hash) : -ENOMEM;

    free(bytes);
    return err;
}

/* Texts by their bytes: a NUL inside one, with something behind it, is an edit like others. A hash that is
 * none is zeros, which no key makes. */
static void row_read(const struct db_query *q, struct audit_row *ret_row)
{
    const unsigned char *hash;
    size_t size;

    *ret_row = (struct audit_row){ .id = db_column_int(q, 0), .at_utc = db_column_int(q, 1),
                                   .actor = db_column_int(q, 2), .patient = db_column_int(q, 3),
                                   .clinic = db_column_int(q, 4) };
    for (int i = 0; i < AUDIT_TEXTS; i++) {     /* an empty text is no NULL, as a blob it looks like one */
        (void)db_column_blob(q, COLUMN_TEXTS + i, &ret_row->texts[i].size);
        ret_row->texts[i].at = db_column_text(q, COLUMN_TEXTS + i);
    }
    hash = db_column_blob(q, COLUMN_HASH, &size);
    if (hash != NULL && size == MAC_SIZE)
        memcpy(ret_row->hash, hash, MAC_SIZE);
}

/* Of the one row of a query just begun; ends it. */
static int head_one(struct db_query *q, int more, struct audit_head *ret_head)
{
    const void *hash;
    size_t size;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    *ret_head = (struct audit_head){ .id = db_column_int(q, 0), .at_utc = db_column_int(q, 1) };
    hash = db_column_blob(q, 2, &size);
    if (hash != NULL && size == MAC_SIZE)
        memcpy(ret_head->hash, hash, MAC_SIZE);
    db_done(q);
    return 0;
}

int store_audit_head(struct db *db, struct audit_head *ret_head)
{
    struct db_query q;
    int err = head_one(&q, db_query(db, &q, "SELECT id, at_utc, hash FROM audit_event "
                                    "WHERE id = (SELECT max(id) FROM audit_event)", NO_ARGS), ret_head);

    if (err == -ENOENT)
        *ret_head = (struct audit_head){ 0 };
    return err == -ENOENT ? 0 : err;
}

int store_audit_at(struct db *db, int64_t id, struct audit_head *ret_head)
{
    struct db_query q;

    return head_one(&q, db_query(db, &q, "SELECT id, at_utc, hash FROM audit_event WHERE id = $1",
                                 ARGS(INT(id))), ret_head);
}

int audit_row_next(struct db *db, struct audit_row *row)
{
    struct audit_head last;
    int err = store_audit_head(db, &last);

    if (err)
        return err;
    row->id = last.id + 1;
    return row_sign(db, row, last.hash);
}

/* --- the chain ----------------------------------------------------------------------------------------- */

/* With the first of all rows unchained, but not the last, somebody has been at them. */
static int is_unchained(struct db *db)
{
    int64_t is;
    int err = db_int(db, &is, "SELECT count(*) = sum(hash IS NULL) FROM audit_event WHERE id IN "
                     "((SELECT min(id) FROM audit_event), (SELECT max(id) FROM audit_event))", NO_ARGS);

    return err == -ENOENT ? 0 : err ? err : is != 0;
}

static int row_chain(struct db *db, struct audit_row *row, unsigned char before[MAC_SIZE])
{
    int err = row_sign(db, row, before);

    if (err == 0)
        err = db_run(db, "UPDATE audit_event SET hash = $2 WHERE id = $1",
                     ARGS(INT(row->id), BLOB(row->hash, MAC_SIZE)));
    memcpy(before, row->hash, MAC_SIZE);
    return err < 0 ? err : 0;
}

int store_audit_chain(struct db *db)
{
    unsigned char before[MAC_SIZE] = { 0 };
    struct audit_row row;
    struct db_query q;
    int more = is_unchained(db), count = 0, err = 0;

    if (more <= 0)
        return more;
    for (more = db_query(db, &q, ROW_SELECT, ARGS(INT(INT64_MIN))); more > 0; more = db_next(&q)) {
        row_read(&q, &row);
        err = row_chain(db, &row, before);
        if (err)
            break;
        count++;
    }
    if (err)
        db_done(&q);
    return err ? err : more < 0 ? more : count;
}

static int verdict_of(struct db *db, const struct audit_row *row, const struct audit_head *head,
                      struct audit_verdict *verdict)
{
    int err;

    verdict->bad = verdict->last.id + 1;
    if (row->id != verdict->bad) {
        verdict->why = row->id > verdict->bad ? "missing" : "out of order";
        return 1;
    }
    err = row_check(db, row, verdict->last.hash);
    verdict->why = "altered";
    if (err)
        return err == -EBADMSG ? 1 : err;
    if (head != NULL && row->id == head->id && memcmp(row->hash, head->hash, MAC_SIZE) != 0) {
        verdict->why = "another row than the head was written of: what stood before it was replaced";
        return 1;
    }
    verdict->rows++;
    verdict->last = (struct audit_head){ .id = row->id, .at_utc = row->at_utc };
    memcpy(verdict->last.hash, row->hash, MAC_SIZE);
    return 0;
}

int store_audit_verify(struct db *db, const struct audit_head *head, struct audit_verdict *ret_verdict)
{
    struct audit_verdict verdict = { 0 };
    struct audit_row row;
    struct db_query q;
    int more, found = 0;

    for (more = db_query(db, &q, ROW_SELECT, ARGS(INT(INT64_MIN))); more > 0; more = db_next(&q)) {
        row_read(&q, &row);
        found = verdict_of(db, &row, head, &verdict);
        if (found != 0) {
            db_done(&q);
            break;
        }
    }
    if (found < 0 || more < 0)
        return found < 0 ? found : more;
    if (found == 0 && head != NULL && head->id > verdict.last.id) {
        verdict.bad = verdict.last.id + 1;
        verdict.why = "missing: the end was cut";
        found = 1;
    }
    *ret_verdict = verdict;
    return found;
}

/* --- the head as a line -------------------------------------------------------------------------------- */

static void hex_print(const unsigned char *bytes, char text[HEX_SIZE + 1])
{
    for (int i = 0; i < MAC_SIZE; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static int hex_read(const char *text, unsigned char ret_bytes[MAC_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < HEX_SIZE; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;

        if (digit == NULL)
            return -EINVAL;
        ret_bytes[i / 2] = (unsigned char)(ret_bytes[i / 2] << 4 | (digit - digits));
    }
    return 0;
}

/* "consultd-audit-head 1 <id> <at> <hash> ": what is signed. Returns its size. */
static size_t head_words(const struct audit_head *head, char text[AUDIT_HEAD_SIZE])
{
    char hash[HEX_SIZE + 1];
    int size;

    hex_print(head->hash, hash);
    size = snprintf(text, AUDIT_HEAD_SIZE, "consultd-audit-head 1 %" PRId64 " %" PRId64 " %s ", head->id,
                    head->at_utc, hash);
    assert(size > 0 && size < AUDIT_HEAD_SIZE - HEX_SIZE - 1);
    return (size_t)size;
}

int audit_head_print(struct db *db, const struct audit_head *head, char ret_text[AUDIT_HEAD_SIZE])
{
    const struct mac *mac = &db_host(db)->mac;
    char text[AUDIT_HEAD_SIZE];
    unsigned char tag[MAC_SIZE];
    size_t size = head_words(head, text);
    int err = mac->sign(mac->data, head_use, text, size, tag);

    if (err)
        return err;
    hex_print(tag, text + size);
    memcpy(text + size + HEX_SIZE, "\n", 2);
    memcpy(ret_text, text, sizeof text);
    return 0;
}

/* What does not print again as the same bytes is none. */
int audit_head_parse(struct db *db, const char *text, struct audit_head *ret_head)
{
    const struct mac *mac = &db_host(db)->mac;
    struct audit_head head = { 0 };
    char hash[HEX_SIZE + 1], again[AUDIT_HEAD_SIZE];
    unsigned char tag[MAC_SIZE];
    size_t size;
    int err;

    static_assert(HEX_SIZE == 72, "the width below");
    if (sscanf(text, "consultd-audit-head 1 %" SCNd64 " %" SCNd64 " %72s ", &head.id, &head.at_utc, hash) != 3
        || hex_read(hash, head.hash) != 0)
        return -EINVAL;
    size = head_words(&head, again);
    if (strncmp(text, again, size) != 0 || hex_read(text + size, tag) != 0
        || strcmp(text + size + HEX_SIZE, "\n") != 0)
        return -EINVAL;
    err = mac->check(mac->data, head_use, text, size, tag);
    if (err == 0)
        *ret_head = head;
    return err;
}
