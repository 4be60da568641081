/* store_form.c - forms and answers. */
#include "storage/store_form.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = DB_ID_SIZE + 32 };

static const char *where_of(const char *series, int64_t version, char where[WHERE_SIZE])
{
    (void)snprintf(where, WHERE_SIZE, "form:%s:%" PRId64, series, version);
    return where;
}

/* Of the row: version, questions; or that there is none. */
static int form_read(struct db *db, struct db_query *q, int more, json_t **ret_form)
{
    json_t *questions = NULL, *form;
    int64_t version = 0;
    int err = more < 0 ? more : 0;

    if (more > 0) {
        const char *text = db_column_text(q, 1);

        version = db_column_int(q, 0);
        err = db_json_read(db, text, strlen(text), &questions);
        db_done(q);
    } else if (err == 0) {
        questions = json_array();
    }
    if (err)
        return err;
    form = json_pack("{s:I, s:o}", "version", (json_int_t)version, "questions", questions);
    if (form == NULL)
        return -ENOMEM;
    *ret_form = form;
    return 0;
}

int store_form_get(struct db *db, int64_t service, json_t **ret_form)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT version, questions FROM service_form WHERE service_id = $1 "
                        "ORDER BY version DESC LIMIT 1", ARGS(INT(service)));

    return form_read(db, &q, more, ret_form);
}

int store_form_put(struct db *db, int64_t service, int64_t version, const char *questions, int64_t by)
{
    int64_t newest;
    int err = db_int(db, &newest, "SELECT coalesce(max(version), 0) FROM service_form WHERE service_id = $1",
                     ARGS(INT(service)));

    if (err || newest != version)
        return err ? err : -ESTALE;
    err = db_run(db, "INSERT INTO service_form(service_id, version, questions, made_by, made_utc) "
                 "VALUES($1, $2, $3, $4, $5)",
                 ARGS(INT(service), INT(version + 1), TEXT(questions), INT(by), INT(db_now(db))));
    return err < 0 ? err : 0;
}

static int answers_open(struct db *db, const struct db_query *q, int64_t version, json_t **ret_answers)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size, sealed_size;
    const void *sealed = db_column_blob(q, 0, &sealed_size);
    int err = seal->open(seal->data, where_of(db_column_text(q, 1), version, where), sealed, sealed_size,
                         &plain, &size);

    if (err)
        return err;
    err = db_json_read(db, plain, size, ret_answers);
    explicit_bzero(plain, size);
    free(plain);
    return err;
}

/* -ENOENT: nothing was answered. */
static int answers_of(struct db *db, int64_t appointment, json_t **ret_answers, struct form_saved *ret_saved)
{
    struct db_query q;
    int err, more = db_query(db, &q, "SELECT f.answers_enc, f.series_id, f.version, f.form_version, "
                             "f.red_flags, f.is_complete, f.is_said FROM form_answer f JOIN appointment a "
                             "ON a.series_id = f.series_id WHERE a.id = $1", ARGS(INT(appointment)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    *ret_saved = (struct form_saved){ .version = db_column_int(&q, 2), .form_version = db_column_int(&q, 3),
                                      .red_flags = db_column_int(&q, 4),
                                      .complete = db_column_int(&q, 5) != 0,
                                      .said = db_column_int(&q, 6) != 0 };
    err = answers_open(db, &q, ret_saved->version, ret_answers);
    db_done(&q);
    return err;
}

int store_form_of(struct db *db, int64_t appointment, json_t **ret_form, json_t **ret_answers,
                  struct form_saved *ret_saved)
{
    struct form_saved saved = { 0 };
    json_t *answers = NULL;
    struct db_query q;
    int err = answers_of(db, appointment, &answers, &saved), more;

    if (err && err != -ENOENT)
        return err;
    more = db_query(db, &q, "SELECT s.version, s.questions FROM appointment a JOIN service_form s "
                    "ON s.service_id = a.service_id WHERE a.id = $1 AND ($2 = 0 OR s.version = $2) "
                    "ORDER BY s.version DESC LIMIT 1", ARGS(INT(appointment), INT(saved.form_version)));
    err = form_read(db, &q, more, ret_form);
    if (err) {
        json_decref(answers);
        return err;
    }
    *ret_answers = answers;
    *ret_saved = saved;
    return 0;
}

int store_form_answer(struct db *db, int64_t appointment, struct form_saved *saved, const char *answers,
                      int64_t by)
{
    const struct seal *seal = &db_host(db)->seal;
    char series[DB_ID_SIZE], where[WHERE_SIZE];
    unsigned char *sealed;
    struct db_query q;
    size_t size;
    int err, more = db_query(db, &q, "SELECT series_id FROM appointment WHERE id = $1",
                             ARGS(INT(appointment)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    (void)snprintf(series, sizeof series, "%s", db_column_text(&q, 0));
    db_done(&q);
    err = seal->seal(seal->data, where_of(series, saved->version + 1, where), answers, strlen(answers),
                     &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO form_answer(series_id, service_id, form_version, version, answers_enc, "
                 "red_flags, is_complete, saved_by, saved_utc) SELECT series_id, service_id, $2, $3, $4, $5, "
                 "$6, $7, $8 FROM appointment WHERE id = $1 ON CONFLICT(series_id) DO UPDATE SET "
                 "version = excluded.version, answers_enc = excluded.answers_enc, "
                 "red_flags = excluded.red_flags, is_complete = excluded.is_complete, "
                 "saved_by = excluded.saved_by, saved_utc = excluded.saved_utc",
                 ARGS(INT(appointment), INT(saved->form_version), INT(saved->version + 1),
                      BLOB(sealed, size), INT(saved->red_flags), INT(saved->complete), INT(by),
                      INT(db_now(db))));
    free(sealed);
    if (err < 0)
        return err;
    saved->version++;
    return 0;
}

int store_form_said(struct db *db, int64_t appointment)
{
    int done = db_run(db, "UPDATE form_answer SET is_said = 1 WHERE series_id = (SELECT series_id "
                      "FROM appointment WHERE id = $1)", ARGS(INT(appointment)));

    return done < 0 ? done : 0;
}

int store_form_place(struct db *db, int64_t consult, struct form_place *ret_place)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT p.account_id, c.public_id, a.public_id FROM consultation c "
                        "JOIN patient p ON p.id = c.patient_id JOIN appointment a ON a.id = c.appointment_id "
                        "WHERE c.id = $1", ARGS(INT(consult)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    *ret_place = (struct form_place){ .account = db_column_int(&q, 0) };
    (void)snprintf(ret_place->consult, sizeof ret_place->consult, "%s", db_column_text(&q, 1));
    (void)snprintf(ret_place->appointment, sizeof ret_place->appointment, "%s", db_column_text(&q, 2));
    db_done(&q);
    return 0;
}
