/* hours.c - a doctor's weekly rules and their exceptions, kept by himself or his clinic's desk. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "action.h"
#include "clinic/date.h"
#include "clinic/slots.h"
#include "door.h"
#include "storage/store_audit.h"

enum { YEAR_S = 366 * 86400, DAY_S = 86400, REASON_MAX = 400 };

static_assert((int)SLOTS_RULES_MAX == (int)STORE_RULES_MAX, "a plan holds what is stored");
static_assert((int)SLOTS_EXTRA_MAX == (int)STORE_EXCEPTIONS_MAX, "the same of exceptions");

static int audit(struct action *a, struct db *db, const char *what, const char *detail)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what,
                                                    .object = action_doctor(a)->public_id,
                                                    .ip = action_address(a), .detail = detail });
}

/* --- rules --------------------------------------------------------------------------------------------- */

static int rule_check(struct action *a, const struct rule_new *rule)
{
    int64_t from, to;
    int begin, end;

    if (date_parse_minutes(rule->start, &begin) != 0 || date_parse_minutes(rule->end, &end) != 0 ||
        begin >= end)
        return action_mind(a, "start and end must be HH:MM of one day, in this order");
    if (date_parse(rule->from, &from) != 0 || (rule->to != NULL && (date_parse(rule->to, &to) != 0 ||
                                                                    to < from)))
        return action_mind(a, "from and to must be YYYY-MM-DD, in this order");
    if (rule->weekday < 1 || rule->weekday > 7)
        return action_mind(a, "weekday must be 1, Monday, to 7, Sunday");
    if (rule->step_min < SLOTS_STEP_MIN || rule->step_min > SLOTS_LENGTH_MAX)
        return action_mind(a, "stepMin must be from 5 to 240");
    return 0;
}

static int rule_take(struct action *a, struct rule_new *rule)
{
    int err = action_unpack(a, "{s:i, s:s, s:s, s:s, s?s, s:i !}", "weekday", &rule->weekday, "start",
                            &rule->start,
                            "end", &rule->end, "from", &rule->from, "to", &rule->to, "stepMin",
                                &rule->step_min);

    return err ? err : rule_check(a, rule);
}

static int rule_answer(struct action *a, struct db *db, const char *what, json_t *rule)
{
    int err = audit(a, db, what, json_string_value(json_object_get(rule, "id")));

    if (err == 0)
        return action_answer(a, json_pack("{s:o}", "rule", rule));
    json_decref(rule);
    return err;
}

static int rule_add(struct action *a, struct db *db)
{
    struct rule_new new = { 0 };
    json_t *rule = NULL;
    int err = rule_take(a, &new);

    if (err == 0)
        err = store_rule_add(db, action_doctor(a)->doctor, &new, &rule);
    return err ? err : rule_answer(a, db, "rule.add", rule);
}

static int rule_set(struct action *a, struct db *db)
{
    struct rule_new new = { 0 };
    const char *id;
    json_t *rule = NULL;
    int err = action_take_text(a, "rule", 64, &id);

    if (err == 0)
        err = rule_take(a, &new);
    if (err == 0)
        err = store_rule_set(db, action_doctor(a)->doctor, id, &new, &rule);
    return err ? err : rule_answer(a, db, "rule.set", rule);
}

static int rule_remove(struct action *a, struct db *db)
{
    const char *id;
    int err = action_take_text(a, "rule", 64, &id);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_rule_remove(db, action_doctor(a)->doctor, id);
    return err ? err : audit(a, db, "rule.remove", id);
}

static int rule_list(struct action *a, struct db *db)
{
    json_t *rules = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_rule_list(db, action_doctor(a)->doctor, &rules);
    return err ? err : action_answer(a, json_pack("{s:o, s:s}", "items", rules, "tz", action_doctor(a)->tz));
}

/* --- exceptions ---------------------------------------------------------------------------------------- */

static int exception_check(struct action *a, const struct exception_new *e)
{
    bool off;

    assert(e->kind != NULL);
    off = strcmp(e->kind, "off") == 0;
    if (!off && strcmp(e->kind, "extra") != 0)
        return action_mind(a, "kind must be off or extra");
    if (e->end_utc <= e->start_utc || e->end_utc - e->start_utc > (off ? YEAR_S : DAY_S))
        return action_mind(a, "endAt must be after startAt: a day at most of extra, a year of off");
    return 0;
}

static int exception_take(struct action *a, struct exception_new *e)
{
    int err = action_take_time(a, "startAt", INT64_MIN, &e->start_utc);

    if (err == 0)
        err = action_take_time(a, "endAt", INT64_MIN, &e->end_utc);
    if (err == 0)
        err = action_take_text(a, "kind", 8, &e->kind);
    if (err == 0)
        err = action_take_text(a, "reason", REASON_MAX, &e->reason);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (e->kind == NULL || e->start_utc == INT64_MIN || e->end_utc == INT64_MIN))
        err = action_mind(a, "kind, startAt and endAt are needed");
    return err ? err : exception_check(a, e);
}

static int exception_answer(struct action *a, struct db *db, const char *what, json_t *exception)
{
    int err = audit(a, db, what, json_string_value(json_object_get(exception, "id")));

    if (err == 0)
        return action_answer(a, json_pack("{s:o}", "exception", exception));
    json_decref(exception);
    return err;
}

static int exception_add(struct action *a, struct db *db)
{
    struct exception_new new = { 0 };
    json_t *exception = NULL;
    int err = exception_take(a, &new);

    if (err == 0)
        err = store_exception_add(db, action_doctor(a)->doctor, &new, &exception);
    return err ? err : exception_answer(a, db, "exception.add", exception);
}

static int exception_set(struct action *a, struct db *db)
{
    struct exception_new new = { 0 };
    const char *id;
    json_t *exception = NULL;
    int err = action_take_text(a, "exception", 64, &id);

    if (err == 0)
        err = exception_take(a, &new);
    if (err == 0)
        err = store_exception_set(db, action_doctor(a)->doctor, id, &new, &exception);
    return err ? err : exception_answer(a, db, "exception.set", exception);
}

static int exception_remove(struct action *a, struct db *db)
{
    const char *id;
    int err = action_take_text(a, "exception", 64, &id);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_exception_remove(db, action_doctor(a)->doctor, id);
    return err ? err : audit(a, db, "exception.remove", id);
}

static int exception_list(struct action *a, struct db *db)
{
    int64_t from, to;
    json_t *exceptions = NULL;
    int err = action_take_time(a, "from", db_now(db), &from);

    if (err == 0)
        err = action_take_time(a, "to", from + YEAR_S, &to);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_exception_list(db, action_doctor(a)->doctor, from, to, &exceptions);
    return err ? err : action_answer(a, json_pack("{s:o}", "items", exceptions));
}

/* The doors. */
const struct route hours_routes[] = {
    { "GET", "/api/v1/doctors/{doctor}/rules", rule_list, MAY_KEEP_DOCTOR, READ, NULL, NULL },
    { "POST", "/api/v1/doctors/{doctor}/rules", rule_add, MAY_KEEP_DOCTOR, CREATED, NULL, NULL },
    { "PUT", "/api/v1/doctors/{doctor}/rules/{rule}", rule_set, MAY_KEEP_DOCTOR, 0, NULL, NULL },
    { "DELETE", "/api/v1/doctors/{doctor}/rules/{rule}", rule_remove, MAY_KEEP_DOCTOR, 0, NULL, NULL },
    { "GET", "/api/v1/doctors/{doctor}/exceptions", exception_list, MAY_KEEP_DOCTOR, READ, NULL, NULL },
    { "POST", "/api/v1/doctors/{doctor}/exceptions", exception_add, MAY_KEEP_DOCTOR, CREATED, NULL, NULL },
    { "PUT", "/api/v1/doctors/{doctor}/exceptions/{exception}", exception_set, MAY_KEEP_DOCTOR, 0, NULL,
      NULL },
    { "DELETE", "/api/v1/doctors/{doctor}/exceptions/{exception}", exception_remove, MAY_KEEP_DOCTOR, 0, NULL,
      NULL },
    { 0 },
};
