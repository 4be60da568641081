/* Who did what, and who saw what. */
#include "store_fixture.h"

#include "storage/store_audit.h"

static int view(struct store *s, int64_t user, const char *object)
{
    int due = store_audit_view_due(s->db, user, "consult.view", object);
    int added = JOB(s, store_audit_view(s->db, user, "consult.view", object, "192.0.2.1"));

    CHECK_INT(due, added);                      /* a reader's question and the writer's answer agree  */
    return added;
}

static int64_t rows(struct store *s)
{
    return store_number(s, "SELECT count(*) FROM audit_event", NO_ARGS);
}

TEST(store_audit, keeps_what_was_done)
{
    struct store s;
    struct store_user anna;
    json_t *row;

    store_open(&s);
    anna = store_patient(&s, "anna");
    CHECK_INT(JOB(&s, store_audit_add(s.db, &(struct audit_new){ .user = anna.id, .action = "login",
                                      .object = anna.public_id, .ip = "::1", .detail = "password" })), 0);
    CHECK_INT(db_row(s.db, &row, "SELECT at_utc AS \"at\", actor_id AS \"actor\", action AS \"action\", "
                     "object AS \"object\", ip AS \"ip\", detail AS \"detail\" FROM audit_event",
                     NO_ARGS), 0);
    CHECK_INT(int_at(row, "at"), STORE_NOW);
    CHECK_INT(int_at(row, "actor"), anna.id);
    CHECK_STR(text_at(row, "action"), "login");
    CHECK_STR(text_at(row, "object"), anna.public_id);
    CHECK_STR(text_at(row, "ip"), "::1");
    CHECK_STR(text_at(row, "detail"), "password");
    json_decref(row);

    CHECK_INT(JOB(&s, store_audit_add(s.db, &(struct audit_new){ .action = "login.failed",
                                                                 .object = "anna" })), 0);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM audit_event WHERE actor_id IS NULL AND ip IS NULL "
                           "AND detail IS NULL", NO_ARGS), 1);
    CHECK_INT(JOB(&s, store_audit_add(s.db, &(struct audit_new){ .user = 999, .action = "a",
                                                                 .object = "o" })), -EINVAL);
    store_close(&s);
}

TEST(store_audit, a_view_leaves_one_row_in_10_minutes)
{
    struct store s;
    struct store_user anna, ben;

    store_open(&s);
    anna = store_patient(&s, "anna");
    ben = store_patient(&s, "ben");
    CHECK_INT(view(&s, anna.id, "con_1"), 1);
    CHECK_INT(view(&s, anna.id, "con_1"), 0);
    CHECK_INT(view(&s, anna.id, "con_2"), 1);   /* another object, another user: their own rows       */
    CHECK_INT(view(&s, ben.id, "con_1"), 1);
    CHECK_INT(view(&s, ben.id, "con_1"), 0);

    s.now += AUDIT_VIEW_S - 1;
    CHECK_INT(view(&s, anna.id, "con_1"), 0);
    s.now += 1;
    CHECK_INT(view(&s, anna.id, "con_1"), 1);
    CHECK_INT(view(&s, anna.id, "con_1"), 0);
    CHECK_INT(rows(&s), 4);
    store_close(&s);
}

TEST(store_audit, other_acts_on_the_object_are_no_view)
{
    struct store s;
    struct store_user anna;

    store_open(&s);
    anna = store_patient(&s, "anna");
    CHECK_INT(JOB(&s, store_audit_add(s.db, &(struct audit_new){ .user = anna.id, .action = "consult.start",
                                                                 .object = "con_1" })), 0);
    CHECK_INT(view(&s, anna.id, "con_1"), 1);
    store_close(&s);
}

TEST(store_audit, rows_are_only_added)
{
    static const char *const cases[] = {
        "UPDATE audit_event SET ip = NULL", "UPDATE audit_event SET actor_id = NULL WHERE id = 1",
        "DELETE FROM audit_event", "DELETE FROM audit_event WHERE id = 1",
    };
    struct store s;
    struct store_user anna;

    store_open(&s);
    anna = store_patient(&s, "anna");
    CHECK_INT(view(&s, anna.id, "con_1"), 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(db_script(s.db, cases[i]), DB_APPEND_ONLY);
    CHECK_INT(db_script(s.db, "REPLACE INTO audit_event(id, at_utc, action, object) VALUES(1, 0, 'x', 'y')"),
              DB_APPEND_ONLY);
    CHECK_INT(rows(&s), 1);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM audit_event WHERE action = 'consult.view'", NO_ARGS), 1);
    store_close(&s);
}
