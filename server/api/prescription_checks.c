/* prescription_checks.c - what a record needs of prescriptions: their shape, what speaks against them,
 * signing. */
#include "prescription_checks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clinic/date.h"
#include "clinic/rx_check.h"
#include "clinic/rx_item.h"
#include "prescriptions.h"
#include "storage/store_audit.h"
#include "storage/store_drug.h"

int prescription_items_read(struct action *a, const json_t *items)
{
    const char *fault = rx_items_fault(items);

    return fault != NULL ? action_mind(a, fault) : 0;
}

/* --- what speaks against them -------------------------------------------------------------------------- */

static const char *code_of(const json_t *item)
{
    return json_string_value(json_object_get(item, "drug"));
}

/* By their codes; what is not in the list any more is left out. */
static int drugs_find(struct db *db, const json_t *items, json_t *drugs)
{
    const json_t *item;
    size_t i;

    json_array_foreach(items, i, item) {
        json_t *drug = NULL;
        int err = json_object_get(drugs, code_of(item)) != NULL ? -ENOENT
                  : store_drug_find(db, code_of(item), &drug);

        if (err && err != -ENOENT)
            return err;
        if (err == 0 && json_object_set_new(drugs, code_of(item), drug) != 0)
            return -ENOMEM;
    }
    return 0;
}

/* Whole years from one day to another, or -1. */
static int years_since(const char *birth_date, int64_t now_utc)
{
    struct date born, today = date_of(now_utc / 86400);
    int64_t days;

    if (date_parse(birth_date, &days) != 0)
        return -1;
    born = date_of(days);
    return today.year - born.year - (today.month < born.month ||
                                     (today.month == born.month && today.day < born.day));
}

static int taken_find(struct db *db, int64_t consult, json_t *taken)
{
    json_t *codes = NULL, *drugs = json_object(), *drug;
    const char *code;
    int err = store_prescription_taken(db, consult, &codes);

    if (err == 0)
        err = drugs_find(db, codes, drugs);
    json_decref(codes);
    json_object_foreach(drugs, code, drug)
        if (err == 0 && json_array_append(taken, drug) != 0)
            err = -ENOMEM;
    json_decref(drugs);
    return err;
}

int prescription_check(struct db *db, int64_t consult, const json_t *items, const json_t *allergies,
                       json_t **ret_checks)
{
    struct prescription_about about;
    json_t *drugs = json_object(), *taken = json_array();
    struct rx_case one = { .items = items, .drugs = drugs, .taken = taken, .allergies = allergies };
    int err = store_prescription_about(db, consult, &about);

    if (err == 0)
        err = drugs_find(db, items, drugs);
    if (err == 0)
        err = taken_find(db, consult, taken);
    if (err == 0) {
        one.age_years = years_since(about.birth_date, db_now(db));
        one.has_guardian = about.has_guardian;
        one.licence_ended = about.licence_until_utc <= db_now(db);
        err = rx_check(&one, ret_checks);
    }
    json_decref(drugs);
    json_decref(taken);
    return err;
}

/* --- signing ------------------------------------------------------------------------------------------- */

/* The names are those of the list: they are signed as well. */
static int items_named(struct db *db, const json_t *items, json_t **ret_items)
{
    json_t *named = json_deep_copy(items), *item, *drug;
    size_t i;
    int err = named != NULL ? 0 : -ENOMEM;

    json_array_foreach(named, i, item) {
        if (err == 0)
            err = store_drug_find(db, code_of(item), &drug);
        if (err)
            break;
        if (json_object_set(item, "name", json_object_get(drug, "name")) != 0)
            err = -ENOMEM;
        json_decref(drug);
    }
    if (err)
        json_decref(named);
    else
        *ret_items = named;
    return err;
}

static int is_unchanged(struct db *db, const struct prescription_row *last, const json_t *items)
{
    json_t *shown = NULL;
    int err = store_prescription_get(db, last->id, FOR_CLINIC, &shown);

    if (err == 0)
        err = json_equal(json_object_get(shown, "items"), items);
    json_decref(shown);
    return err;
}

/* Not effective any more, now that another is signed, or none. */
static int last_end(struct action *a, struct db *db, const struct prescription_row *last)
{
    if (strcmp(last->state, "in_review") != 0 && strcmp(last->state, "approved") != 0)
        return 0;
    return prescription_end(a, db, last, "cancelled", NULL);
}

static int sign(struct action *a, struct db *db, struct prescription_new *new, const json_t *items)
{
    char *text = json_dumps(items, JSON_COMPACT);
    struct prescription_row row;
    int err;

    if (text == NULL)
        return -ENOMEM;
    new->items = text;
    err = store_prescription_add(db, new, &row);
    explicit_bzero(text, strlen(text));
    free(text);
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "prescription.sign",
                                                       .object = row.public_id, .ip = action_address(a) });
    return err ? err : prescription_tell(a, db, row.public_id);
}

int prescription_sign(struct action *a, struct db *db, int64_t note_version, const json_t *items)
{
    struct prescription_new new = { .consult = action_consult(a), .signer = action_user(a),
                                    .note_version = note_version };
    struct prescription_row last;
    json_t *named = NULL;
    int err = store_prescription_last(db, new.consult, &last);
    bool first = err == -ENOENT;

    if (err && !first)
        return err;
    if (json_array_size(items) == 0)
        return first ? 0 : last_end(a, db, &last);
    err = items_named(db, items, &named);
    if (err == 0 && !first)
        err = is_unchanged(db, &last, named);
    if (err == 0 && !first)
        err = last_end(a, db, &last);
    if (err == 0) {
        new.replaces = first || strcmp(last.state, "dispensed") == 0 ? 0 : last.id;
        err = sign(a, db, &new, named);
    }
    json_decref(named);
    return err < 0 ? err : 0;
}
