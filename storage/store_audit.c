/* store_audit.c - who did what, and who saw what. */
#include "storage/store_audit.h"

#include <string.h>

#include "storage/store_audit_chain.h"

static const struct { const char prefix[5], *sql; } objects[] = {
    { "con_", "SELECT patient_id, clinic_id FROM consultation WHERE public_id = $1" },
    { "apt_", "SELECT patient_id, clinic_id FROM appointment WHERE public_id = $1" },
    { "fil_", "SELECT c.patient_id, c.clinic_id FROM file f JOIN consultation c ON c.id = f.consultation_id "
              "WHERE f.public_id = $1" },
    { "msg_", "SELECT c.patient_id, c.clinic_id FROM message m JOIN consultation c ON c.id = "
              "m.consultation_id WHERE m.public_id = $1" },
    { "cal_", "SELECT c.patient_id, c.clinic_id FROM call_session s JOIN consultation c ON c.id = "
              "s.consultation_id WHERE s.public_id = $1" },
    { "rx_", "SELECT c.patient_id, c.clinic_id FROM prescription p JOIN consultation c ON c.id = "
              "p.consultation_id WHERE p.public_id = $1" },
    { "pat_", "SELECT id, NULL FROM patient WHERE public_id = $1" },
};

int store_audit_about(struct db *db, const char *object, struct audit_about *ret_about)
{
    struct db_query q;
    int more = 0;

    for (size_t i = 0; i < sizeof objects / sizeof *objects && more == 0; i++)
        if (strncmp(object, objects[i].prefix, strlen(objects[i].prefix)) == 0)
            more = db_query(db, &q, objects[i].sql, ARGS(TEXT(object)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    *ret_about = (struct audit_about){ db_column_int(&q, 0), db_column_int(&q, 1) };
    db_done(&q);
    return 0;
}

/* What the asker did not say: whose record it is, and which clinic's row. */
static int about_fill(struct db *db, struct audit_row *row)
{
    struct audit_about about = { row->patient, 0 };
    int err = store_audit_about(db, row->texts[AUDIT_OBJECT].at, &about);

    if (err && err != -ENOENT)
        return err;
    if (row->patient == 0)
        row->patient = about.patient;
    row->clinic = about.clinic;
    if (row->clinic == 0 && row->actor != 0)
        err = db_int(db, &row->clinic, "SELECT clinic_id FROM users WHERE id = $1", ARGS(INT(row->actor)));
    return err == -ENOENT ? 0 : err;
}

static struct audit_text text_of(const char *text)
{
    return (struct audit_text){ text, text != NULL ? strlen(text) : 0 };
}

static struct db_arg id_arg(int64_t id)
{
    struct db_arg some = INT(id), none = NUL();

    return id != 0 ? some : none;
}

int store_audit_add(struct db *db, const struct audit_new *event)
{
    struct audit_row row = { .at_utc = db_now(db), .actor = event->user, .patient = event->patient,
                             .texts = { [AUDIT_ACTION] = text_of(event->action),
                                        [AUDIT_OBJECT] = text_of(event->object),
                                        [AUDIT_IP] = text_of(event->ip),
                                        [AUDIT_DETAIL] = text_of(event->detail),
                                        [AUDIT_PURPOSE] = text_of(event->purpose) } };
    int err = about_fill(db, &row);

    if (err == 0)
        err = audit_row_next(db, &row);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO audit_event(id, at_utc, actor_id, action, object, ip, detail, patient_id, "
                 "clinic_id, purpose, hash) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                 ARGS(INT(row.id), INT(row.at_utc), id_arg(row.actor), TEXT(event->action),
                      TEXT(event->object), TEXT(event->ip), TEXT(event->detail), id_arg(row.patient),
                      id_arg(row.clinic), TEXT(event->purpose), BLOB(row.hash, sizeof row.hash)));
    return err < 0 ? err : 0;
}

int store_audit_view_due(struct db *db, int64_t user, const char *action, const char *object)
{
    int64_t seen;
    int err;

    err = db_int(db, &seen,
                 "SELECT 1 FROM audit_event WHERE actor_id = $1 AND object = $2 AND action = $4 "
                 "AND at_utc > $3 LIMIT 1",
                 ARGS(INT(user), TEXT(object), INT(db_now(db) - AUDIT_VIEW_S), TEXT(action)));
    return err == -ENOENT ? 1 : err;
}

int store_audit_view(struct db *db, int64_t user, const char *action, const char *object, const char *ip)
{
    int due, err;

    due = store_audit_view_due(db, user, action, object);
    if (due <= 0)
        return due;

    err = store_audit_add(db, &(struct audit_new){ .user = user, .action = action, .object = object,
                                                   .ip = ip });
    return err ? err : 1;
}
