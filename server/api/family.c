/* family.c - for whom a patient's account acts. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "clinic/date.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_family.h"

enum { NAME_MAX_BYTES = 200, DAY_S = 86400 };

static int member_check(struct action *a, struct db *db, const struct family_member *m)
{
    int64_t born;

    if (m->name != NULL && (m->name[0] == '\0' || strlen(m->name) > NAME_MAX_BYTES))
        return action_mind(a, "name is empty or too long");
    if (m->birth_date != NULL && (date_parse(m->birth_date, &born) != 0 || born > db_now(db) / DAY_S))
        return action_mind(a, "birthDate must be YYYY-MM-DD, and not ahead");
    if (strcmp(m->relation, "self") != 0 && (m->name == NULL || m->birth_date == NULL))
        return action_mind(a, "name and birthDate are needed");
    return 0;
}

static int member_take(struct action *a, struct db *db, struct family_member *m)
{
    int err = action_unpack(a, "{s?s, s:s, s?s !}", "name", &m->name, "relation", &m->relation, "birthDate",
                            &m->birth_date);

    return err ? err : member_check(a, db, m);
}

static int audit(struct action *a, struct db *db, const char *what, const char *patient)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what, .object = patient,
                                                    .ip = action_address(a) });
}

static int member_answer(struct action *a, struct db *db, const char *what, json_t *member)
{
    int err = audit(a, db, what, json_string_value(json_object_get(member, "id")));

    if (err == 0)
        return action_answer(a, json_pack("{s:o}", "member", member));
    json_decref(member);
    return err;
}

static int family_list(struct action *a, struct db *db)
{
    json_t *members = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_family_list(db, action_user(a), &members);
    return err ? err : action_answer(a, json_pack("{s:o}", "items", members));
}

static int family_add(struct action *a, struct db *db)
{
    struct family_member new = { 0 };
    json_t *member = NULL;
    int err = member_take(a, db, &new);

    if (err == 0)
        err = store_family_add(db, action_user(a), &new, &member);
    return err ? err : member_answer(a, db, "family.add", member);
}

static int family_set(struct action *a, struct db *db)
{
    struct family_member new = { 0 };
    const char *patient;
    json_t *member = NULL;
    int err = action_take_text(a, "patient", 64, &patient);

    if (err == 0)
        err = member_take(a, db, &new);
    if (err == 0)
        err = store_family_set(db, action_user(a), patient, &new, &member);
    return err ? err : member_answer(a, db, "family.set", member);
}

static int family_remove(struct action *a, struct db *db)
{
    const char *patient;
    int err = action_take_text(a, "patient", 64, &patient);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_family_remove(db, action_user(a), patient);
    return err ? err : audit(a, db, "family.remove", patient);
}

/* The doors. */
const struct route family_routes[] = {
    { "GET", "/api/v1/me/patients", family_list, MAY_PATIENT, READ, NULL, NULL },
    { "POST", "/api/v1/me/patients", family_add, MAY_PATIENT, CREATED | KEYED, NULL, NULL },
    { "PUT", "/api/v1/me/patients/{patient}", family_set, MAY_PATIENT, 0, NULL, NULL },
    { "DELETE", "/api/v1/me/patients/{patient}", family_remove, MAY_PATIENT, 0, NULL, NULL },
    { 0 },
};
