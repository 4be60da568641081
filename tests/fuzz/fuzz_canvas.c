/* fuzz_canvas.c - operations of a canvas: what is accepted folds into the same, however one comes to it.
 *
 * The input is JSON texts, each ended by a line feed, behind a byte: who draws, the patient or the doctor.
 * The log, the list from the beginning, and such a list of an earlier time with what came later are folded;
 * all agree, so what was accepted also comes back as it was said. All is rolled back in the end. */
#define main unused_main                        /* of test.h */
#include "unit/storage/store_fixture.h"
#undef main

#include "canvas_op.h"
#include "fuzz.h"
#include "storage/store_canvas.h"

static struct store store;
static struct store_user people[2];
static int64_t consult;

static void leave(void)
{
    store_close(&store);
}

static void prepare(void)
{
    if (consult != 0)
        return;
    store_open(&store);
    people[0] = store_doctor(&store, store_clinic(&store, "North"), "dr.li");
    people[1] = store_patient(&store, "wang");
    consult = store_start(&store, people[1].id, people[0].public_id, "client-0001");
    assert(atexit(leave) == 0);
}

static json_t *list(int64_t after)
{
    json_t *ops = NULL, *op;
    bool more = true;
    size_t i;

    assert(store_canvas_list(store.db, consult, after, SIZE_MAX, &ops, &more) == 0 && !more);
    json_array_foreach(ops, i, op)
        assert(canvas_op_unpack(op) == 0);
    return ops;
}

static void check_fold(const json_t *ops, const json_t *want)
{
    json_t *seen = canvas_fold(ops);

    assert(json_equal(seen, want));
    json_decref(seen);
}

/* As others hear of it. */
static void log_add(json_t *log, const json_t *op, unsigned who, int64_t seq)
{
    json_t *told = json_copy((json_t *)(uintptr_t)op);

    assert(json_object_set_new(told, "seq", json_integer(seq)) == 0);
    assert(json_object_set_new(told, "by", json_string(people[who].public_id)) == 0);
    assert(json_array_append_new(log, told) == 0);
}

/* One that is well-formed: 0, or what the store says against it. */
static int draw(const json_t *op, unsigned who, int64_t *ret_seq)
{
    static const struct canvas_limits limits = { 1000, 1000000 };
    json_t *packed = canvas_op_pack(op);
    const json_t *target = json_object_get(op, "target");
    char *payload = target == NULL ? json_dumps(packed, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    const char *id = json_string_value(json_object_get(op, "id"));
    int err = store_canvas_find(store.db, consult, people[who].id, id, ret_seq);

    if (err == -ENOENT)
        err = store_canvas_add(store.db, &(struct canvas_op){ .consult = consult, .user = people[who].id,
                               .id = id, .kind = json_string_value(json_object_get(op, "kind")),
                               .target = json_string_value(target), .payload = payload }, &limits, ret_seq);
    else if (err == 0)
        err = -EALREADY;
    assert(err == 0 || err == -EALREADY || err == -EEXIST || err == -EINVAL || err == -EPERM);
    json_decref(packed);
    free(payload);
    return err;
}

/* From half of it on: what a page had, and what it heard of later. */
static void check(json_t *log, json_t *half, int64_t half_seq)
{
    json_t *seen = canvas_fold(log), *whole = list(0), *later = list(half_seq);

    check_fold(whole, seen);
    if (half_seq > 0) {
        assert(json_array_extend(half, later) == 0);
        check_fold(half, seen);
    }
    json_decref(later);
    json_decref(whole);
    json_decref(seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    json_t *log = json_array(), *half = json_array();
    int64_t half_at = take_byte(&in) % 16, half_seq = 0, seq = 0;

    prepare();
    assert(db_script(store.db, "BEGIN IMMEDIATE") == 0);
    while (in.left > 1) {
        unsigned who = take_byte(&in) % 2;
        const uint8_t *end = memchr(in.at, '\n', in.left);
        struct input text = take(&in, end != NULL ? (size_t)(end - in.at) : in.left);
        json_t *op = json_loadb((const char *)text.at, text.left, JSON_REJECT_DUPLICATES, NULL);

        (void)take_byte(&in);
        if (op != NULL && canvas_op_check(op) == NULL && draw(op, who, &seq) == 0)
            log_add(log, op, who, seq);
        json_decref(op);
        if (seq > 0 && seq == half_at && half_seq == 0) {
            json_decref(half);
            half = list(0);
            half_seq = seq;
        }
    }
    check(log, half, half_seq);
    json_decref(log);
    json_decref(half);
    assert(db_script(store.db, "ROLLBACK") == 0);
    return 0;
}
