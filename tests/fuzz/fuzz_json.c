/* fuzz_json.c - the JSON check against jansson: each takes what the other takes.
 *
 * JSON.parse() is wider than jansson (docs/protocol.md): NUL and lone surrogates as escapes, numbers of any
 * size, any depth. So jansson gets a tame twin of the text, where such an escape is "A" and a run of digits
 * outside of strings is cut to two: neither is more or less JSON for it. What still differs is named in
 * excused(). The first byte is the depth that is allowed, the second how many attachments there are. */
#include <errno.h>
#include <jansson.h>

#include "fuzz.h"
#include "sio_frames.h"
#include "sio_json.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The four digits of \u0000 or of a surrogate, of either kind: jansson refuses the lone ones. */
static bool is_wild(const char *at)
{
    char digits[5] = { at[0], at[1], at[2], at[3] };
    unsigned long unit;

    if (strspn(digits, "0123456789abcdefABCDEF") != 4)
        return false;
    unit = strtoul(digits, NULL, 16);
    return unit == 0 || (unit >= 0xd800 && unit <= 0xdfff);
}

static char *tame(const char *at, size_t size, size_t *ret_size)
{
    char *twin = copy_of(at, size);
    bool in_string = false;
    size_t used = 0, digits = 0;

    for (size_t i = 0; i < size; i++) {
        digits = !in_string && is_digit(at[i]) ? digits + 1 : 0;
        if (digits > 2)
            continue;
        twin[used++] = at[i];
        if (at[i] == '"')
            in_string = !in_string;
        if (at[i] != '\\' || i + 1 == size)
            continue;
        twin[used++] = at[++i];
        if (at[i] == 'u' && size - i > 4 && is_wild(at + i + 1)) {
            memcpy(twin + used, "0041", 4);
            used += 4;
            i += 4;
        }
    }
    *ret_size = used;
    return twin;
}

/* How deep valid JSON is. */
static int depth_of(const char *at, size_t size)
{
    int depth = 0, deepest = 0;
    bool in_string = false;

    for (size_t i = 0; i < size; i++) {
        if (in_string && at[i] == '\\')
            i++;
        else if (at[i] == '"')
            in_string = !in_string;
        else if (!in_string && (at[i] == '[' || at[i] == '{'))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!in_string && (at[i] == ']' || at[i] == '}'))
            depth--;
    }
    return deepest;
}

/* Placeholders as the parser of the reference sees them, in a tree without doubled names. */
static bool placeholders_fit(const json_t *value, int attachments)
{
    const json_t *item, *number;
    const char *name;
    size_t i;

    json_array_foreach(value, i, item)
        if (!placeholders_fit(item, attachments))
            return false;
    json_object_foreach((json_t *)(uintptr_t)value, name, item)
        if (!placeholders_fit(item, attachments))
            return false;
    number = json_object_get(value, "num");
    return attachments < 0 || !json_is_true(json_object_get(value, "_placeholder"))
           || (json_is_integer(number) && json_integer_value(number) >= 0
               && json_integer_value(number) < attachments);
}

/* What jansson takes and we do not: white space around the value, and anything behind a NUL. */
static bool excused(const char *at, size_t size)
{
    return size == 0 || is_space(at[0]) || is_space(at[size - 1]) || memchr(at, '\0', size) != NULL;
}

static void check_value(const char *at, size_t size, int depth_max)
{
    const struct sio_json_limits limits = { depth_max, 1, -1 };
    size_t twin_size;
    char *twin = tame(at, size, &twin_size);
    int ours = sio_json_value((struct ws_bytes){ at, size }, &limits);
    json_error_t error;
    json_t *theirs = json_loadb(twin, twin_size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    assert(ours == 0 || ours == -EPROTO || ours == -EMSGSIZE);
    if (theirs != NULL && !excused(at, size))
        assert(ours == (depth_of(at, size) > depth_max ? -EMSGSIZE : 0));
    if (theirs == NULL || excused(at, size))
        assert(ours != 0);
    json_decref(theirs);
    free(twin);
}

static bool same_json(struct ws_bytes text, const json_t *want)
{
    json_t *got = json_loadb(text.at, text.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    bool same = got != NULL && json_equal(got, want);

    json_decref(got);
    return same;
}

/* As the number of an attachment jansson takes it for 0. */
static bool has_minus_zero(const char *at, size_t size)
{
    return memmem(at, size, "-0", 2) != NULL;
}

/* Of a tame text that is an array for jansson. */
static void check_items(const struct sio_json_array *array, const json_t *want)
{
    struct sio_args args = { .text = array->all };
    json_t *tree = sio_args_json(args);

    assert(array->count == json_array_size(want));
    assert(tree == NULL || json_equal(tree, want));     /* NULL: doubled names                      */
    json_decref(tree);
    if (array->count == 0) {
        assert(array->all.size == 0 && array->first.size == 0 && array->rest.size == 0);
        return;
    }
    assert(same_json(array->first, json_array_get(want, 0)));
    if (array->count == 1)
        assert(array->rest.size == 0);
    else
        assert((const char *)array->rest.at + array->rest.size
               == (const char *)array->all.at + array->all.size);
}

static void check_array(const char *at, size_t size, int depth_max, int attachments)
{
    const struct sio_json_limits limits = { depth_max, 20, attachments };
    size_t twin_size;
    char *twin = tame(at, size, &twin_size);
    struct sio_json_array array;
    int ours = sio_json_array((struct ws_bytes){ twin, twin_size }, &limits, &array);
    json_t *theirs = json_loadb(twin, twin_size, JSON_ALLOW_NUL, NULL);
    json_t *strict = json_loadb(twin, twin_size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);

    if (ours == 0) {
        assert(json_is_array(theirs) && array.count <= 20);
        check_items(&array, theirs);
        assert(strict == NULL || placeholders_fit(strict, attachments));
    } else if (json_is_array(strict) && !excused(twin, twin_size) && !has_minus_zero(twin, twin_size)) {
        assert(json_array_size(strict) > 20 || depth_of(twin, twin_size) > depth_max + 1
               || !placeholders_fit(strict, attachments));
    }
    json_decref(theirs);
    json_decref(strict);
    free(twin);
}

/* Any text as a JSON string, and back. */
static void check_quote(const char *at, size_t size)
{
    const struct sio_json_limits limits = { 0, 1, -1 };
    json_t *theirs = json_stringn(at, size);            /* NULL: no UTF-8                           */
    struct buf quoted;
    char *back;
    size_t back_size;
    int err;

    buf_init(&quoted, BUF_NO_LIMIT);
    assert(sio_json_quote(&quoted, (struct ws_bytes){ at, size }) == 0);
    assert((sio_json_value(buf_bytes(&quoted), &limits) == 0) == (theirs != NULL));
    if (theirs != NULL) {
        assert(same_json(buf_bytes(&quoted), theirs));
        back = copy_of("", quoted.size);
        err = sio_json_unquote(buf_bytes(&quoted), back, quoted.size, &back_size);
        assert(err == (memchr(at, '\0', size) != NULL ? -EILSEQ : 0));
        assert(err != 0 || same_bytes(back, back_size, at, size));
        free(back);
    }
    json_decref(theirs);
    buf_finish(&quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    int depth_max = (int)take_byte(&in), attachments = (int)take_byte(&in) % 12 - 1;
    char *text = copy_of(in.at, in.left);

    check_value(text, in.left, depth_max);
    check_array(text, in.left, depth_max, attachments);
    check_quote(text, in.left);
    free(text);
    return 0;
}
