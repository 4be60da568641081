/* rx_check.c - what speaks against a prescription. */
#include "rx_check.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rx_item.h"

enum { WORD_MAX = 256, WHY_MAX = 300 };

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

/* --- do two words mean the same? ----------------------------------------------------------------------- */

/* What says nothing at the end of a word. */
static const char *const endings[] = { "过敏", "药物", "药", "类", "s" };

static size_t ending_cut(const char *word, size_t size)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i]);

        if (size > length && memcmp(word + size - length, endings[i], length) == 0)
            size -= length;
    }
    return size;
}

/* Lower case as far as ASCII goes, without spaces and endings; what is longer is cut. Returns its
 * characters. */
static size_t fold(const char *word, char folded[WORD_MAX])
{
    size_t size = 0, characters = 0;

    for (; *word != '\0' && size < WORD_MAX - 1; word++)
        if (!isspace((unsigned char)*word))
            folded[size++] = (char)tolower((unsigned char)*word);
    size = ending_cut(folded, size);
    folded[size] = '\0';
    for (size_t i = 0; i < size; i++)
        characters += ((unsigned char)folded[i] & 0xc0) != 0x80;
    return characters;
}

/* Patients write what they know: one in the other is enough, if it is long enough to mean something. */
static bool is_within(const char *word, size_t characters, const char *in)
{
    bool ascii = strlen(word) == characters;

    return characters >= (ascii ? 4u : 2u) && strstr(in, word) != NULL;
}

static bool is_same(const char *substance, const char *name)
{
    char a[WORD_MAX], b[WORD_MAX];
    size_t size_a = fold(substance, a), size_b = fold(name, b);

    return (size_a > 0 && strcmp(a, b) == 0) || is_within(a, size_a, b) || is_within(b, size_b, a);
}

static bool is_of(const char *substance, const json_t *drug)
{
    const json_t *name = json_object_get(drug, "name"), *class;
    size_t i;

    if (is_same(substance, text_of(drug, "ingredient")) || is_same(substance, text_of(name, "zh")) ||
        is_same(substance, text_of(name, "en")))
        return true;
    json_array_foreach(json_object_get(drug, "classes"), i, class)
        if (is_same(substance, text_of(class, "zh")) || is_same(substance, text_of(class, "en")))
            return true;
    return false;
}

/* --- the checks ---------------------------------------------------------------------------------------- */

struct found { json_t *checks; int err; };

static void find(struct found *f, const char *code, const char *level, int item, const char *why)
{
    json_t *check = json_pack("{s:s, s:s}", "code", code, "level", level);

    if ((item >= 0 && json_object_set_new(check, "item", json_integer(item)) != 0) ||
        (why != NULL && json_object_set_new(check, "why", json_string(why)) != 0)) {
        json_decref(check);
        check = NULL;
    }
    if (json_array_append_new(f->checks, check) != 0)
        f->err = -ENOMEM;
}

struct one { const struct rx_case *of; const json_t *item, *drug; int index; };

/* What a doctor may know better, if he says why. */
static void doubt(struct found *f, const struct one *o, const char *code, const char *why)
{
    find(f, code, text_of(o->item, "override")[0] != '\0' ? "warning" : "error", o->index, why);
}

static void check_allergy(struct found *f, const struct one *o)
{
    const json_t *allergy;
    size_t i;

    json_array_foreach(o->of->allergies, i, allergy)
        if (is_of(text_of(allergy, "substance"), o->drug)) {
            doubt(f, o, "allergy", text_of(allergy, "substance"));
            return;
        }
}

/* The same ingredient, or of the same class. */
static bool is_double(const json_t *one, const json_t *other)
{
    const json_t *class, *mine;
    size_t i, k;

    if (strcmp(text_of(one, "ingredient"), text_of(other, "ingredient")) == 0)
        return true;
    json_array_foreach(json_object_get(one, "classes"), i, class)
        json_array_foreach(json_object_get(other, "classes"), k, mine)
            if (json_equal(class, mine))
                return true;
    return false;
}

static void check_double(struct found *f, const struct one *o)
{
    const json_t *other, *found = NULL, *item;
    char why[WHY_MAX];
    size_t i;

    json_array_foreach(o->of->items, i, item) {
        other = json_object_get(o->of->drugs, text_of(item, "drug"));
        if ((int)i < o->index && found == NULL && other != NULL && is_double(o->drug, other))
            found = other;
    }
    json_array_foreach(o->of->taken, i, other)
        if (found == NULL && is_double(o->drug, other))
            found = other;
    if (found == NULL)
        return;
    (void)snprintf(why, sizeof why, "%s %s", text_of(json_object_get(found, "name"), "zh"),
                   text_of(json_object_get(found, "name"), "en"));
    doubt(f, o, "duplicate", why);
}

static void check_dose(struct found *f, const struct one *o)
{
    const json_t *max = json_object_get(o->drug, "maxPerDay");
    const char *unit = text_of(o->drug, "unit");
    double a_day = json_number_value(json_object_get(o->item, "dose")) *
                   rx_times_a_day(text_of(o->item, "frequency"));
    char why[WHY_MAX];

    if (strcmp(unit, text_of(o->item, "unit")) != 0) {
        (void)snprintf(why, sizeof why, "%.32s ≠ %.32s", text_of(o->item, "unit"), unit);
        doubt(f, o, "dose", why);
    } else if (max != NULL && a_day > json_number_value(max) * (1 + 1e-9)) {
        (void)snprintf(why, sizeof why, "%g %.32s > %g %.32s", a_day, unit, json_number_value(max), unit);
        doubt(f, o, "dose", why);
    }
}

static void check_age(struct found *f, const struct one *o)
{
    int min = (int)json_integer_value(json_object_get(o->drug, "minAgeYears"));
    char why[16];

    if (min == 0 || o->of->age_years >= min)
        return;
    (void)snprintf(why, sizeof why, "≥ %d", min);
    if (o->of->age_years < 0)
        find(f, "age", "warning", o->index, why);       /* nobody said how old he is                 */
    else
        doubt(f, o, "age", why);
}

static void check_item(struct found *f, const struct one *o)
{
    if (!rx_item_is_complete(o->item)) {
        find(f, "item-incomplete", "error", o->index, NULL);
    } else if (o->drug == NULL) {
        find(f, "drug-unknown", "error", o->index, text_of(o->item, "drug"));
    } else if (json_is_true(json_object_get(o->drug, "isBanned"))) {
        find(f, "drug-banned", "error", o->index, NULL);
    } else {
        check_allergy(f, o);
        check_double(f, o);
        check_dose(f, o);
        check_age(f, o);
    }
}

int rx_check(const struct rx_case *c, json_t **ret_checks)
{
    struct found f = { .checks = json_array() };
    const json_t *item;
    size_t i;

    if (f.checks == NULL)
        return -ENOMEM;
    if (json_array_size(c->items) > 0 && c->licence_ended)
        find(&f, "licence", "error", -1, NULL);
    if (json_array_size(c->items) > 0 && c->age_years >= 0 && c->age_years < RX_GUARDED_YEARS &&
        !c->has_guardian)
        find(&f, "child-guardian", "error", -1, NULL);
    json_array_foreach(c->items, i, item)
        check_item(&f, &(struct one){ .of = c, .item = item, .index = (int)i,
                                      .drug = json_object_get(c->drugs, text_of(item, "drug")) });
    if (f.err)
        json_decref(f.checks);
    else
        *ret_checks = f.checks;
    return f.err;
}
