/* test_store_clock.c - what the clock looks at: all of it, page by page, and when next. */
#include "store_fixture.h"

#include "storage/store_clock.h"

enum { CONSULTS = STORE_DUE_MAX + 1 };

static void desk_open(struct store *s, int consults)
{
    struct store_user doctor, patient;

    store_open(s);
    doctor = store_doctor(s, store_clinic(s, "North"), "dr.li");
    patient = store_patient(s, "wang");
    for (int i = 0; i < consults; i++) {
        char client_id[32];

        snprintf(client_id, sizeof client_id, "client-%04d", i);
        s->now = STORE_NOW + i;
        (void)store_start(s, patient.id, doctor.public_id, client_id);
    }
    CHECK_INT(JOB(s, db_run(s->db, "UPDATE consultation SET accept_by_utc = opened_utc + 3600", NO_ARGS)),
              consults);
}

TEST(store_clock, more_than_a_page_is_read_by_pages_and_what_is_next_is_known)
{
    static struct clock_row rows[STORE_DUE_MAX];
    struct store s;
    int64_t next;

    desk_open(&s, CONSULTS);
    CHECK_INT(store_clock_expired(s.db, 0, rows), 0);
    CHECK_INT(store_clock_expires_next(s.db, &next), 0);
    s.now = next;
    CHECK_INT(store_clock_expired(s.db, 0, rows), 1);
    CHECK_INT(rows[0].due_utc, next);
    CHECK_STR(rows[0].appointment, "");
    s.now = next + CONSULTS;
    CHECK_INT(store_clock_expired(s.db, 0, rows), STORE_DUE_MAX);
    CHECK_INT(store_clock_expired(s.db, rows[STORE_DUE_MAX - 1].place, rows), 1);
    CHECK_INT(store_clock_expired(s.db, rows[0].place, rows), 0);
    store_close(&s);
}

TEST(store_clock, rooms_are_those_of_voice_and_video_that_the_doctor_does_not_hold)
{
    static const struct { const char *kind, *state; int held, want; } cases[] = {
        { "video", "active", 0, 1 }, { "voice", "paused", 0, 1 }, { "video", "paused", 1, 0 },
        { "text", "active", 0, 0 },  { "video", "open", 0, 0 },   { "video", "awaiting_signature", 0, 0 },
    };
    static struct clock_row rows[STORE_DUE_MAX];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct store s;

        desk_open(&s, 1);
        if (strcmp(cases[i].state, "open") != 0)
            CHECK_INT(store_move(&s, 1, "active"), 1);
        if (strcmp(cases[i].state, "open") != 0 && strcmp(cases[i].state, "active") != 0)
            CHECK_INT(store_move(&s, 1, cases[i].state), 1);
        CHECK_INT(JOB(&s, db_run(s.db, "UPDATE consultation SET kind = $1, held = $2",
                                 ARGS(TEXT(cases[i].kind), INT(cases[i].held)))), 1);
        CHECK_INT(store_clock_rooms(s.db, 0, rows), cases[i].want);
        if (cases[i].want)
            CHECK_INT(rows[0].paused, strcmp(cases[i].state, "paused") == 0);
        store_close(&s);
    }
}

TEST(store_clock, a_duty_is_looked_at_when_it_is_due_and_set_for_the_next_time)
{
    static struct clock_duty duties[STORE_DUE_MAX];
    struct store s;
    int64_t next;

    desk_open(&s, 1);
    CHECK_INT(JOB(&s, store_clock_duty_set(s.db, 1, STORE_NOW + 60)), 0);
    CHECK_INT(store_clock_duties_next(s.db, &next), 0);
    CHECK_INT(next, STORE_NOW + 60);
    CHECK_INT(store_clock_duties(s.db, duties), 0);
    s.now = next;
    CHECK_INT(store_clock_duties(s.db, duties), 1);
    CHECK(duties[0].open);
    CHECK_INT(duties[0].told_utc, next);
    CHECK_INT(JOB(&s, store_clock_duty_set(s.db, 1, 0)), 0);
    CHECK_INT(store_clock_duties(s.db, duties), 0);
    CHECK_INT(store_clock_duties_next(s.db, &next), -ENOENT);
    store_close(&s);
}
