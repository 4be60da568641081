/* leave.c - a doctor is away: whom it meets is moved or called off, all in one go. */
#include "leave.h"

#include <errno.h>
#include <string.h>

#include "action.h"
#include "appointments.h"
#include "clinic/date.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_payment.h"

enum { YEAR_S = 366 * 86400, REASON_MAX = 400 };

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* --- shared -------------------------------------------------------------------------------------------- */

int leave_audit(struct action *a, struct db *db, const char *what, const char *detail)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a),
                                                    .action = what,
                                                    .object = action_doctor(a)->public_id,
                                                    .ip = action_address(a),
                                                    .detail = detail });
}

int leave_span_take(struct action *a, struct db *db, struct leave_span *span)
{
    int err = action_take_time(a, "start", INT64_MIN, &span->start_utc);

    if (err == 0)
        err = action_take_time(a, "end", INT64_MIN, &span->end_utc);
    if (err)
        return err;
    if (span->start_utc == INT64_MIN || span->end_utc == INT64_MIN)
        return action_mind(a, "start and end are needed");
    if (span->end_utc <= span->start_utc || span->end_utc - span->start_utc > YEAR_S)
        return action_mind(a, "end must be after start, by a year at most");
    return span->end_utc > db_now(db) ? 0 : action_mind(a, "it is over");
}

int leave_affected_find(struct db *db, const json_t *id, struct appointment_access *ret_appointment)
{
    int err = store_appointment_find(db, text_of(id, "id"), ret_appointment);

    if (err == 0)
        ret_appointment->keeps = true; /* who keeps the doctor's hours keeps his appointments */
    return err;
}

int leave_refund(struct db *db, const struct appointment_access *now, json_t **ret_money)
{
    struct payment_order order = { 0 };
    int err = store_payment_funded(db, now->series, &order);

    if (err && err != -ENOENT)
        return err;
    *ret_money = json_pack("{s:I, s:s}", "amount", (json_int_t)order.balance_minor, "currency",
                           now->currency);
    return *ret_money != NULL ? 0 : -ENOMEM;
}

/* As the doors call the times. */
static int leave_named(json_t *leave)
{
    static const char *const names[][2] = { { "startAt", "start" },
                                            { "endAt", "end" },
                                            { "undoUntilAt", "undoUntil" } };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_object_set(leave, names[i][1], json_object_get(leave, names[i][0])) != 0 ||
            json_object_del(leave, names[i][0]) != 0)
            return -ENOMEM;
    return 0;
}

int leave_answer(struct action *a, struct db *db, int64_t id, const char *name, json_t *affected)
{
    json_t *leave = NULL;
    int err = store_leave_get(db, id, &leave);

    if (err == 0)
        err = leave_named(leave);
    if (err == 0)
        err = json_object_set(leave, name, affected) != 0 ? -ENOMEM : action_answer(a, json_incref(leave));
    json_decref(leave);
    return err;
}

/* --- taking it ----------------------------------------------------------------------------------------- */

struct choice {
    const char *appointment, *action, *doctor;
    int64_t start_utc;
    bool moves;
};

static int choice_read(struct action *a, json_t *from, struct choice *ret_choice)
{
    struct choice c = { 0 };
    const char *start = NULL;

    if (json_unpack_ex(from, NULL, JSON_STRICT, "{s:s, s:s, s?s, s?s}", "appointment", &c.appointment,
                       "action", &c.action, "start", &start, "doctor", &c.doctor) != 0)
        return action_mind(a, "a choice is { appointment, action, start?, doctor? }");
    c.moves = strcmp(c.action, "move") == 0;
    if (!c.moves && strcmp(c.action, "cancel") != 0)
        return action_mind(a, "action must be move or cancel");
    if (c.moves != (start != NULL) || (!c.moves && c.doctor != NULL))
        return action_mind(a, "a move says start, and perhaps doctor; a cancel neither");
    if (c.moves && date_parse_utc(start, &c.start_utc) != 0)
        return action_mind(a, "start must be an instant like 2026-11-24T09:30:00Z");
    *ret_choice = c;
    return 0;
}

struct taking {
    int64_t leave, undo_until_utc;
    const char *reason;
    json_t *affected; /* of the answer */
};

static int affected_add(struct db *db, struct taking *t, const struct appointment_access *before,
                        const struct choice *choice, int64_t next)
{
    json_t *one = NULL, *refund = NULL;
    int err = store_leave_change_add(db, t->leave, before, next);

    if (err == 0 && next == 0)
        err = leave_refund(db, before, &refund);
    if (err == 0 && next != 0)
        refund = json_pack("{s:i, s:s}", "amount", 0, "currency", before->currency);
    if (err == 0)
        err = store_appointment_get(db, next != 0 ? next : before->id, &one);
    if (err) {
        json_decref(refund);
        return err;
    }
    one = json_pack("{s:o, s:s, s:o}", "appointment", one, "action", choice->action, "refund", refund);
    return json_array_append_new(t->affected, one) != 0 ? -ENOMEM : 0;
}

static int choice_take(struct action *a, struct db *db, struct taking *t, const struct choice *choice,
                       const struct appointment_access *before)
{
    struct doctor_access doctor = *action_doctor(a);
    int64_t next = 0;
    int err = 0;

    if (choice->moves && choice->doctor != NULL)
        err = store_doctor_access(db, choice->doctor, action_who(a), &doctor);
    if (err == 0)
        err = choice->moves ? appointment_shift(a, db, before,
                                                &(struct appointment_shift){ .doctor = &doctor,
                                                                             .start_utc = choice->start_utc,
                                                                             .reason = t->reason },
                                                &next)
                            : appointment_call_off(a, db, before, t->reason, t->undo_until_utc + 1);
    if (err == 0)
        return affected_add(db, t, before, choice, next);
    return action_explain(a, "appointment", json_string(before->public_id)) != 0 ? -ENOMEM : err;
}

/* Bookings came or went since the preview: whom it meets now. */
static int choices_refuse(struct action *a, const json_t *ids)
{
    json_t *now = json_array(), *id;
    size_t i;

    json_array_foreach(ids, i, id)(void) json_array_append(now, json_object_get(id, "id"));
    (void)action_mind(a, "the bookings have changed since the preview");
    return action_explain(a, "affected", now) != 0 ? -ENOMEM : -EADDRNOTAVAIL;
}

static json_t *choice_find(json_t *choices, const json_t *id)
{
    json_t *one;
    size_t i;

    json_array_foreach(choices, i, one) if (json_equal(json_object_get(one, "appointment"),
                                                       json_object_get(id, "id"))) return one;
    return NULL;
}

/* One choice for each, and each of this leave. */
static bool choices_fit(json_t *choices, const json_t *ids)
{
    json_t *id;
    size_t i;

    if (json_array_size(choices) != json_array_size(ids))
        return false;
    json_array_foreach(ids, i, id) if (choice_find(choices, id) == NULL) return false;
    return true;
}

static int choices_take(struct action *a, struct db *db, struct taking *t, json_t *choices, const json_t *ids)
{
    json_t *id;
    size_t i;

    if (!choices_fit(choices, ids))
        return choices_refuse(a, ids);
    json_array_foreach(ids, i, id)
    {
        struct appointment_access before;
        struct choice choice = { 0 };
        int err = choice_read(a, choice_find(choices, id), &choice);

        if (err == 0)
            err = leave_affected_find(db, id, &before);
        if (err == 0)
            err = choice_take(a, db, t, &choice, &before);
        if (err)
            return err;
    }
    return 0;
}

static int choices_end(struct action *a, json_t **ret_choices)
{
    int err = action_unpack(a, "{s:o !}", "choices", ret_choices);

    if (err == 0 && !json_is_array(*ret_choices))
        err = action_mind(a, "choices must be a list");
    return err ? err : json_array_size(*ret_choices) > STORE_AFFECTED_MAX ? -EMSGSIZE : 0;
}

static int leave_take(struct action *a, struct db *db)
{
    struct taking t = { .undo_until_utc = db_now(db) + STORE_LEAVE_UNDO_S, .affected = json_array() };
    struct leave_new new = { .doctor = action_doctor(a)->doctor, .user = action_user(a) };
    struct leave_span span;
    json_t *choices = NULL, *ids = NULL;
    int err = leave_span_take(a, db, &span);

    if (err == 0)
        err = action_take_text(a, "reason", REASON_MAX, &new.reason);
    if (err == 0)
        err = choices_end(a, &choices);
    if (err == 0 && (new.reason == NULL || *new.reason == '\0'))
        err = action_mind(a, "reason is missing: patients read it");
    if (err == 0)
        err = store_leave_affected(db, new.doctor, span.start_utc, span.end_utc, &ids);
    t.reason = new.reason;
    new.start_utc = span.start_utc;
    new.end_utc = span.end_utc;
    if (err == 0)
        err = store_leave_add(db, &new, &t.leave);
    if (err == 0)
        err = choices_take(a, db, &t, choices, ids);
    if (err == 0)
        err = leave_answer(a, db, t.leave, "affected", t.affected);
    if (err == 0)
        err = leave_audit(a, db, "leave.add", text_of(a->answer, "id"));
    json_decref(ids);
    json_decref(t.affected);
    return err;
}

/* --- the doors ----------------------------------------------------------------------------------------- */

static int leave_list(struct action *a, struct db *db)
{
    const char *cursor;
    int64_t limit;
    json_t *page = NULL, *one;
    size_t i;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 64, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_leave_list(db, action_doctor(a)->doctor, (int)limit, cursor, &page);
    json_array_foreach(json_object_get(page, "items"), i, one) if (err == 0) err = leave_named(one);
    if (err == 0)
        return action_answer(a, page);
    json_decref(page);
    return err;
}

/* It looks at many calendars: not on the writer. */
static const struct step preview_steps[] = { { ON_READER, leave_preview }, { STEP_END, NULL } };

/* The doors. */
const struct route leave_routes[] = {
    { "GET", "/api/v1/doctors/{doctor}/leave", leave_list, MAY_KEEP_DOCTOR, READ, NULL, NULL },
    { "POST", "/api/v1/doctors/{doctor}/leave", leave_take, MAY_KEEP_DOCTOR, CREATED | KEYED, NULL, NULL },
    { "POST", "/api/v1/doctors/{doctor}/leave/preview", NULL, MAY_KEEP_DOCTOR, 0, preview_steps, NULL },
    { "POST", "/api/v1/doctors/{doctor}/leave/{leave}/undo", leave_undo, MAY_KEEP_DOCTOR, 0, NULL, NULL },
    { 0 },
};
