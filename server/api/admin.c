/* admin.c - what a clinic offers and by which rules: kept by its admin, read by its desk. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "clinic/refund.h"
#include "clinic/slots.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_offer.h"

enum { NAME_MAX_BYTES = 200, FEE_MAX_MINOR = 100000000, WEEK_MIN = 7 * 1440, MOVES_MAX = 100 };
enum { WORDS_MAX = 100, WORD_MAX_BYTES = 64 };

/* { name: one }, and its row in the audit; takes `one`. */
static int kept_answer(struct action *a, struct db *db, const char *what, const char *name, json_t *one,
                       const char *detail)
{
    const char *id = json_string_value(json_object_get(one, "id"));
    int err = store_audit_add(db, &(struct audit_new){ .user = action_user(a),
                                                       .action = what,
                                                       .detail = detail,
                                                       .object = id != NULL ? id : name,
                                                       .ip = action_address(a) });

    if (err == 0)
        return action_answer(a, json_pack("{s:o}", name, one));
    json_decref(one);
    return err;
}

typedef int list_fn(struct db *db, int64_t clinic, json_t **ret_items);

/* A clinic has some dozen of each: one page. */
static int kept_list(struct action *a, struct db *db, list_fn *list)
{
    json_t *items = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = list(db, action_clinic(a), &items);
    return err ? err : action_answer(a, json_pack("{s:o, s:n}", "items", items, "nextCursor"));
}

static int name_check(struct action *a, const char *name)
{
    if (name == NULL || *name == '\0' || strlen(name) > NAME_MAX_BYTES)
        return action_mind(a, "name must have 1 to 200 bytes");
    return 0;
}

/* --- departments --------------------------------------------------------------------------------------- */

static int department_list(struct action *a, struct db *db)
{
    const char *clinic;
    json_t *items = NULL;
    int err = action_take_text(a, "clinic", 64, &clinic);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_department_list(db, clinic, &items);
    return err ? err : action_answer(a, json_pack("{s:o, s:n}", "items", items, "nextCursor"));
}

static int departments_kept(struct action *a, struct db *db)
{
    return kept_list(a, db, store_department_kept);
}

/* Absent: they stay as they are. */
static int words_take(struct action *a, const json_t **ret_words)
{
    json_t *words = json_object_get(a->input, "keywords"), *word;
    bool well = words == NULL || (json_is_array(words) && json_array_size(words) <= WORDS_MAX);
    size_t i;

    json_array_foreach(words, i, word) well =
        well && json_string_length(word) > 0 && json_string_length(word) <= WORD_MAX_BYTES;
    if (!well)
        return action_mind(a, "keywords must be 100 words at most, of 1 to 64 bytes each");
    *ret_words = words;
    if (words == NULL)
        return 0;
    if (action_keep(a, json_incref(words)) != 0)
        return -ENOMEM;
    return json_object_del(a->input, "keywords");
}

static int department_add(struct action *a, struct db *db)
{
    const char *name;
    json_t *department = NULL;
    int64_t id;
    int err = action_take_text(a, "name", NAME_MAX_BYTES, &name);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = name_check(a, name);
    if (err == 0)
        err = store_department_add(db, action_clinic(a), name, &id);
    if (err == 0)
        err = store_department_get(db, id, &department);
    return err ? err : kept_answer(a, db, "department.add", "department", department, NULL);
}

static int department_set(struct action *a, struct db *db)
{
    const char *id, *name;
    bool disabled;
    const json_t *words = NULL;
    json_t *department = NULL;
    int err = action_take_text(a, "department", 64, &id);

    if (err == 0)
        err = action_take_text(a, "name", NAME_MAX_BYTES, &name);
    if (err == 0)
        err = action_take_bool(a, "isDisabled", &disabled);
    if (err == 0)
        err = words_take(a, &words);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = name_check(a, name);
    if (err == 0 && words != NULL)
        err = store_department_words(db, action_clinic(a), id, words);
    if (err == 0)
        err = store_department_set(db, action_clinic(a), id, name, disabled, &department);
    return err ? err : kept_answer(a, db, "department.set", "department", department, NULL);
}

/* --- services ------------------------------------------------------------------------------------------ */

static int service_check(struct action *a, const struct service_new *new)
{
    static const char *const modes[] = { "text", "voice", "video" };
    bool is_mode = false;

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        is_mode = is_mode || strcmp(new->mode, modes[i]) == 0;
    if (!is_mode)
        return action_mind(a, "mode must be text, voice or video");
    if (new->minutes < SLOTS_STEP_MIN || new->buffer_min < 0 ||
        new->buffer_min > SLOTS_LENGTH_MAX - SLOTS_STEP_MIN ||
        new->minutes + new->buffer_min > SLOTS_LENGTH_MAX)
        return action_mind(a, "minutes must be 5 at least, and 240 at most with bufferMin");
    if (new->fee_minor < 0 || new->fee_minor > FEE_MAX_MINOR)
        return action_mind(a, "fee.amount must be 0 to 100000000");
    return name_check(a, new->name);
}

/* In the clinic's currency, of a department of its own. */
static int service_place(struct action *a, struct db *db, const char *currency, const char *department,
                         struct service_new *new)
{
    char own[STORE_CURRENCY_SIZE];
    int err = store_clinic_currency(db, action_clinic(a), own);

    if (err == 0 && strcmp(own, currency) != 0)
        err = action_mind(a, "fee.currency must be the clinic's");
    if (err == 0 && department != NULL)
        err = store_department_find(db, action_clinic(a), department, &new->department);
    return err;
}

static int service_take(struct action *a, struct db *db, struct service_new *new, int *ret_disabled)
{
    const char *currency, *department = NULL;
    json_int_t fee;
    int on_request = 0, verified_only = 0, err;

    *new = (struct service_new){ .clinic = action_clinic(a) };
    *ret_disabled = 0;
    err = action_unpack(a, "{s:s, s:s, s:i, s?i, s:{s:I, s:s !}, s?s, s?b, s?b, s?b !}", "name", &new->name,
                        "mode", &new->mode, "minutes", &new->minutes, "bufferMin", &new->buffer_min, "fee",
                        "amount", &fee, "currency", &currency, "department", &department, "isOnRequest",
                        &on_request, "isDisabled", ret_disabled,
                        "requiresVerifiedPatient", &verified_only);
    if (err)
        return err;
    new->fee_minor = fee;
    new->on_request = on_request != 0;
    new->verified_only = verified_only != 0;
    err = service_check(a, new);
    return err ? err : service_place(a, db, currency, department, new);
}

static int services_kept(struct action *a, struct db *db)
{
    return kept_list(a, db, store_service_kept);
}

static int service_add(struct action *a, struct db *db)
{
    struct service_new new;
    int disabled;
    int64_t id;
    json_t *service = NULL;
    int err = service_take(a, db, &new, &disabled);

    if (err == 0 && disabled)
        err = action_mind(a, "a new one is not disabled");
    if (err == 0)
        err = store_service_add(db, &new, &id);
    if (err == 0)
        err = store_service_kept_get(db, id, &service);
    return err ? err : kept_answer(a, db, "service.add", "service", service, NULL);
}

/* All of it anew. What is booked keeps its length, its fee and its policy. */
static int service_set(struct action *a, struct db *db)
{
    struct service_new new;
    const char *id;
    int disabled;
    json_t *service = NULL;
    int err = action_take_text(a, "service", 64, &id);

    if (err == 0)
        err = service_take(a, db, &new, &disabled);
    if (err == 0)
        err = store_service_set(db, id, &new, disabled != 0, &service);
    return err ? err : kept_answer(a, db, "service.set", "service", service, NULL);
}

/* --- policies ------------------------------------------------------------------------------------------ */

static int policies_kept(struct action *a, struct db *db)
{
    return kept_list(a, db, store_policy_list);
}

static int policy_check_new(struct action *a, const struct policy_new *new)
{
    if (refund_tiers_check(new->tiers) != 0)
        return action_mind(a, "tiers must be eight { hours, percent } at most, both falling");
    if (new->grace_min < 5 || new->grace_min > 120)
        return action_mind(a, "graceMin must be 5 to 120");
    if (new->move_cutoff_min < 0 || new->move_cutoff_min > WEEK_MIN)
        return action_mind(a, "moveCutoffMin must be 0 to 10080");
    if (new->moves_max < 0 || new->moves_max > MOVES_MAX)
        return action_mind(a, "movesMax must be 0 to 100");
    if (new->no_show_percent < 0 || new->no_show_percent > 100)
        return action_mind(a, "noShowFeePercent must be 0 to 100");
    return 0;
}

static int policy_add(struct action *a, struct db *db)
{
    struct policy_new new = { .clinic = action_clinic(a), .no_show_percent = 100 };
    json_t *tiers, *policy = NULL;
    int err =
        action_unpack(a, "{s?s, s:o, s:i, s:i, s:i, s?i !}", "service", &new.service, "tiers", &tiers,
                      "graceMin", &new.grace_min, "moveCutoffMin", &new.move_cutoff_min, "movesMax",
                      &new.moves_max, "noShowFeePercent", &new.no_show_percent);

    if (err)
        return err;
    new.tiers = tiers;
    err = policy_check_new(a, &new);
    if (err == 0)
        err = store_policy_add(db, &new, &policy);
    return err ? err : kept_answer(a, db, "policy.add", "policy", policy, new.service);
}

/* The doors. */
const struct route admin_routes[] = {
    { "GET", "/api/v1/departments", department_list, MAY_USER, READ, NULL, NULL },
    { "GET", "/api/v1/admin/departments", departments_kept, MAY_DESK, READ, NULL, NULL },
    { "POST", "/api/v1/admin/departments", department_add, MAY_ADMIN, CREATED | KEYED, NULL, NULL },
    { "PUT", "/api/v1/admin/departments/{department}", department_set, MAY_ADMIN, 0, NULL, NULL },
    { "GET", "/api/v1/admin/services", services_kept, MAY_DESK, READ, NULL, NULL },
    { "POST", "/api/v1/admin/services", service_add, MAY_ADMIN, CREATED | KEYED, NULL, NULL },
    { "PUT", "/api/v1/admin/services/{service}", service_set, MAY_ADMIN, 0, NULL, NULL },
    { "GET", "/api/v1/admin/policies", policies_kept, MAY_DESK, READ, NULL, NULL },
    { "POST", "/api/v1/admin/policies", policy_add, MAY_ADMIN, CREATED | KEYED, NULL, NULL },
    { 0 },
};
