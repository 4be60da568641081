/* canvas_op.c - operations of a canvas: one table of their members, packing, folding. */
#include "canvas_op.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NUMBERS = 3 };                           /* of a point: x, y, pressure                         */
static const json_int_t number_max[NUMBERS] = { CANVAS_WIDTH, CANVAS_HEIGHT, CANVAS_PRESSURE_MAX };

/* --- checking ------------------------------------------------------------------------------------------ */

static bool is_point(const json_t *value, size_t numbers)
{
    if (!json_is_array(value) || json_array_size(value) != numbers)
        return false;
    for (size_t i = 0; i < numbers; i++) {
        const json_t *n = json_array_get(value, i);

        if (!json_is_integer(n) || json_integer_value(n) < 0 || json_integer_value(n) > number_max[i])
            return false;
    }
    return true;
}

static bool is_place(const json_t *value, const char *choices)
{
    (void)choices;
    return is_point(value, 2);
}

static bool is_line(const json_t *value, const char *choices)
{
    size_t size = json_array_size(value);

    (void)choices;
    if (size == 0 || size > CANVAS_POINTS_MAX)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_point(json_array_get(value, i), NUMBERS))
            return false;
    return true;
}

/* Code points; of control characters only the new line. */
static bool is_words(const json_t *value, const char *choices)
{
    const char *text = json_string_value(value);
    size_t count = 0;

    (void)choices;
    if (text == NULL || strlen(text) != json_string_length(value))
        return false;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c < 0x20 && c != '\n') || c == 0x7f)
            return false;
        count += (c & 0xc0) != 0x80;
    }
    return count > 0 && count <= CANVAS_TEXT_MAX;
}

static bool is_id(const json_t *value, const char *choices)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const char *id = json_string_value(value);
    size_t size = json_string_length(value);

    (void)choices;
    return id != NULL && size >= CANVAS_ID_MIN && size <= CANVAS_ID_MAX && strspn(id, letters) == size;
}

static bool is_length(const json_t *value, const char *choices)
{
    (void)choices;
    return json_is_integer(value) && json_integer_value(value) > 0 &&
           json_integer_value(value) <= CANVAS_MM_MAX;
}

/* One of the words of `choices`. */
static bool is_choice(const json_t *value, const char *choices)
{
    const char *word = json_string_value(value);
    size_t size = json_string_length(value);

    for (; word != NULL && *choices != '\0'; choices += strcspn(choices, " "), choices += *choices == ' ')
        if (strcspn(choices, " ") == size && strncmp(choices, word, size) == 0)
            return true;
    return false;
}

#define COLORS "black red blue"
#define SIZES  "fine medium bold"

/* The members of each kind, beside id and kind. */
static const struct member {
    const char *kind, *name;
    bool      (*is)(const json_t *value, const char *choices);
    const char *choices;
    bool        optional;
} members[] = {
    { "stroke", "points", is_line, NULL, false },
    { "stroke", "color", is_choice, COLORS, false },
    { "stroke", "size", is_choice, SIZES, false },
    { "arrow", "from", is_place, NULL, false },
    { "arrow", "to", is_place, NULL, false },
    { "arrow", "color", is_choice, COLORS, false },
    { "arrow", "size", is_choice, SIZES, false },
    { "text", "at", is_place, NULL, false },
    { "text", "text", is_words, NULL, false },
    { "text", "color", is_choice, COLORS, false },
    { "text", "size", is_choice, SIZES, false },
    { "measure", "from", is_place, NULL, false },
    { "measure", "to", is_place, NULL, false },
    { "measure", "color", is_choice, COLORS, false },
    { "measure", "mm", is_length, NULL, true },         /* it is so long: the others follow           */
    { "background", "image", is_choice, "blank body file", false },
    { "background", "file", is_id, NULL, true },        /* of an image that is a file                 */
    { "erase", "target", is_id, NULL, false },
    { "undo", "target", is_id, NULL, false },
};

const char *canvas_op_check(const json_t *op)
{
    const char *kind = json_string_value(json_object_get(op, "kind")),
               *image = json_string_value(json_object_get(op, "image"));
    size_t known = 0, found = 2;

    if (kind == NULL || !is_id(json_object_get(op, "id"), NULL))
        return "an op has an id of 8 to 64 letters and digits, and a kind";
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct member *m = &members[i];
        const json_t *value = json_object_get(op, m->name);

        if (strcmp(m->kind, kind) != 0)
            continue;
        known++;
        if (value == NULL && m->optional)
            continue;
        if (!m->is(value, m->choices))
            return m->name;
        found++;
    }
    if (known == 0)
        return "kind";
    if (json_object_size(op) != found)
        return "an op has no other members";
    if (image != NULL && (strcmp(image, "file") == 0) != (json_object_get(op, "file") != NULL))
        return "file";
    return NULL;
}

/* --- packing ------------------------------------------------------------------------------------------- */

static json_t *points_pack(const json_t *points)
{
    enum { POINT_SIZE = sizeof "1600 1000 100 " - 1 };
    size_t size = json_array_size(points), used = 0;
    char text[CANVAS_POINTS_MAX * POINT_SIZE + 1] = "";

    assert(size <= CANVAS_POINTS_MAX);
    for (size_t i = 0; i < size; i++)
        for (size_t n = 0; n < NUMBERS; n++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", used > 0 ? " " : "",
                                     (int)json_integer_value(json_array_get(json_array_get(points, i), n)));
    return json_stringn(text, used);
}

json_t *canvas_op_pack(const json_t *op)
{
    json_t *packed = json_copy((json_t *)(uintptr_t)op), *points = json_object_get(op, "points");

    if (packed == NULL)
        return NULL;
    (void)json_object_del(packed, "id");
    (void)json_object_del(packed, "kind");
    (void)json_object_del(packed, "target");
    if (points != NULL && json_object_set_new(packed, "points", points_pack(points)) != 0) {
        json_decref(packed);
        return NULL;
    }
    return packed;
}

/* The next number and what stands behind it; -1: none. */
static json_int_t number_next(const char **at)
{
    json_int_t number = 0;
    const char *from = *at;

    while (**at >= '0' && **at <= '9' && *at - from < 5)
        number = number * 10 + *(*at)++ - '0';
    if (*at == from || (**at != ' ' && **at != '\0'))
        return -1;
    *at += **at == ' ';
    return number;
}

/* -EINVAL: no point. Takes nothing when it fails. */
static int point_next(const char **at, json_t *points)
{
    json_int_t numbers[NUMBERS];
    json_t *point;

    for (size_t n = 0; n < NUMBERS; n++) {
        numbers[n] = number_next(at);
        if (numbers[n] < 0)
            return -EINVAL;
    }
    point = json_pack("[I, I, I]", numbers[0], numbers[1], numbers[2]);
    return json_array_append_new(points, point) == 0 ? 0 : -ENOMEM;
}

int canvas_op_unpack(json_t *packed)
{
    const char *at = json_string_value(json_object_get(packed, "points"));
    json_t *points;
    int err = 0;

    if (at == NULL)
        return 0;
    points = json_array();
    if (points == NULL)
        return -ENOMEM;
    while (err == 0 && *at != '\0')
        err = point_next(&at, points);
    if (err == 0)
        return json_object_set_new(packed, "points", points) == 0 ? 0 : -ENOMEM;
    json_decref(points);
    return err;
}

/* --- folding ------------------------------------------------------------------------------------------- */

static const char *text_of(const json_t *op, const char *name)
{
    const char *text = json_string_value(json_object_get(op, name));

    return text != NULL ? text : "";
}

static bool is_kind(const json_t *op, const char *kind)
{
    return strcmp(text_of(op, "kind"), kind) == 0;
}

static bool is_drawn(const json_t *op)
{
    return is_kind(op, "stroke") || is_kind(op, "arrow") || is_kind(op, "text") || is_kind(op, "measure");
}

/* The earlier op that this one speaks of; NULL: none that is known. */
static const json_t *target_of(const json_t *op, const json_t *by_id)
{
    return json_object_get(by_id, text_of(op, "target"));
}

/* By its id, if one's own that is no undo is taken back. */
static int undo_note(const json_t *op, const json_t *by_id, json_t *undone)
{
    const json_t *target = is_kind(op, "undo") ? target_of(op, by_id) : NULL;

    if (target == NULL || is_kind(target, "undo") || strcmp(text_of(target, "by"), text_of(op, "by")) != 0)
        return 0;
    return json_object_set_new(undone, text_of(op, "target"), json_true());
}

/* By its id, if it is drawn and erased by one that was not taken back: whichever, so that it is the same
 * whether one knows of those that were, or not. */
static int erase_note(const json_t *op, const json_t *by_id, const json_t *undone, json_t *erased)
{
    const json_t *target = is_kind(op, "erase") ? target_of(op, by_id) : NULL;

    if (target == NULL || !is_drawn(target) || json_object_get(undone, text_of(op, "id")) != NULL)
        return 0;
    return json_object_set_new(erased, text_of(op, "target"), json_true());
}

static bool is_seen(const json_t *op, const json_t *undone, const json_t *erased)
{
    const char *id = text_of(op, "id");

    return (is_drawn(op) || is_kind(op, "background")) && json_object_get(undone, id) == NULL &&
           json_object_get(erased, id) == NULL;
}

json_t *canvas_fold(const json_t *ops)
{
    json_t *by_id = json_object(), *undone = json_object(), *erased = json_object(), *seen = json_array();
    json_t *op;
    int failed = seen == NULL || by_id == NULL || undone == NULL || erased == NULL;
    size_t i;

    json_array_foreach(ops, i, op) {
        failed = failed || undo_note(op, by_id, undone);
        failed = failed || json_object_set(by_id, text_of(op, "id"), op);
    }
    json_array_foreach(ops, i, op)
        failed = failed || erase_note(op, by_id, undone, erased);
    json_array_foreach(ops, i, op)
        if (is_seen(op, undone, erased))
            failed = failed || json_array_append(seen, op);
    json_decref(by_id);
    json_decref(undone);
    json_decref(erased);
    if (!failed)
        return seen;
    json_decref(seen);
    return NULL;
}
