/* test_store_guest.c - a link is used once, in time, and lets into one consult, as long as that is on. */
#include "call_fixture.h"

#include "storage/store_guest.h"

enum { LIFE_S = 3600 };
static const unsigned char hash[32] = { 7 }, other_hash[32] = { 8 };

static void invite(struct phone *p)
{
    phone_open(p);
    CHECK_INT(JOB(&p->s, store_guest_add(p->s.db, &(struct guest_new){ .consult = p->consult,
                  .by = p->doctor.id, .name = "妈妈", .relation = "relative", .token_hash = hash,
                  .life_s = LIFE_S })), 0);
}

TEST(store_guest, a_link_is_used_once_and_in_time)
{
    static const struct { const unsigned char *hash; int after_s, uses, want; bool over; } cases[] = {
        { hash, 0, 0, 0, false },
        { hash, LIFE_S - 1, 0, 0, false },
        { hash, LIFE_S, 0, -EACCES, false },
        { hash, 0, 1, -EACCES, false },         /* used                                              */
        { other_hash, 0, 0, -EACCES, false },
        { hash, 0, 0, -EACCES, true },          /* the consult is over                               */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guest_used used;
        struct phone p;

        invite(&p);
        if (cases[i].over)
            CHECK_INT(store_move(&p.s, p.consult, "abandoned"), 1);
        p.s.now += cases[i].after_s;
        for (int n = 0; n < cases[i].uses; n++)
            CHECK_INT(JOB(&p.s, store_guest_use(p.s.db, hash, &used)), 0);
        CHECK_INT(JOB(&p.s, store_guest_use(p.s.db, cases[i].hash, &used)), cases[i].want);
        store_close(&p.s);
    }
}

TEST(store_guest, who_has_come_is_let_into_this_consult_until_it_ends)
{
    struct consult_access access;
    struct guest_used used;
    struct phone p;
    json_t *gone = NULL;
    int64_t count;

    invite(&p);
    CHECK_INT(store_guest_count(p.s.db, p.consult, &count), 0);
    CHECK_INT(count, 1);
    CHECK_INT(JOB(&p.s, store_guest_use(p.s.db, hash, &used)), 0);
    CHECK_INT(store_guest_access(p.s.db, used.consult_id, used.user, &access), 0);
    CHECK_STR(access.role, "guest");
    CHECK_INT(store_guest_access(p.s.db, used.consult_id, p.patient.id, &access), -ENOENT);
    CHECK_INT(store_guest_access(p.s.db, "con_nothing", used.user, &access), -ENOENT);
    p.s.now += 2 * LIFE_S;
    CHECK_INT(store_guest_count(p.s.db, p.consult, &count), 0);
    CHECK_INT(count, 1);                        /* the link is over, he is not                        */
    CHECK_INT(JOB(&p.s, store_guest_remove_all(p.s.db, p.consult, &gone)), 0);
    CHECK_INT(json_array_size(gone), 1);
    json_decref(gone);
    CHECK_INT(store_guest_access(p.s.db, used.consult_id, used.user, &access), -ENOENT);
    CHECK_INT(store_guest_count(p.s.db, p.consult, &count), 0);
    CHECK_INT(count, 0);
    store_close(&p.s);
}

TEST(store_guest, an_unused_link_counts_as_long_as_it_is_good)
{
    struct phone p;
    int64_t count;

    invite(&p);
    p.s.now += LIFE_S;
    CHECK_INT(store_guest_count(p.s.db, p.consult, &count), 0);
    CHECK_INT(count, 0);
    store_close(&p.s);
}
