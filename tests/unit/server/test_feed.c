/* test_feed.c - a private calendar: what is in it, for how long, and for whom its address is good. */
#include "leave_fixture.h"

#include "api_house.h"
#include "storage/store_feed.h"

#define FEED "/api/v1/me/calendar-feed"

/* "cal_….ics" of a new address. */
static void feed_make(struct desk *d, const struct person *who, char ret_name[64])
{
    struct action *a = ask(d, who, "POST " FEED, "{}");
    const char *url;

    CHECK_INT(a->job.err, 0);
    url = text_at(a->answer, "url");
    CHECK(strstr(url, "/calendar/cal_") != NULL);
    snprintf(ret_name, 64, "%s", strrchr(url, '/') + 1);
    action_drop(a);
}

static struct action *feed_get(struct desk *d, const char *name)
{
    return ask_with(d, NULL, "GET /calendar/{feed}", "{\"feed\":\"%s\"}", name);
}

static int feed_err(struct desk *d, const char *name)
{
    return ask_err(feed_get(d, name));
}

static int occurrences(const char *text, const char *of)
{
    int count = 0;

    for (; (text = strstr(text, of)) != NULL; text += strlen(of))
        count++;
    return count;
}

/* How often each is in the feed, "3 STATUS:CONFIRMED". */
static void check_feed(struct desk *d, const char *name, int count, const char *of)
{
    struct action *a = feed_get(d, name);

    CHECK_INT(a->job.err, 0);
    CHECK_STR(a->answer_type, "text/calendar; charset=utf-8");
    if (occurrences(a->answer_text, of) != count)
        fail_msg("not %d times %s in %s", count, of, a->answer_text);
    action_drop(a);
}

TEST(feed, only_the_newest_address_is_good_until_it_is_revoked)
{
    struct desk d;
    char first[64], second[64];

    desk_open(&d);
    feed_make(&d, &d.patient, first);
    CHECK_INT(feed_err(&d, first), 0);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM calendar_feed WHERE instr(hash, 'cal_') > 0", NO_ARGS),
              0);
    feed_make(&d, &d.patient, second);
    CHECK_INT(feed_err(&d, first), -ENOENT);
    CHECK_INT(feed_err(&d, second), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "DELETE " FEED, "{}"), 0);
    CHECK_INT(feed_err(&d, second), -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, "DELETE " FEED, "{}"), -ENOENT);
    CHECK_INT(audit_count(&d, "feed.make"), 2);
    CHECK_INT(audit_count(&d, "feed.remove"), 1);
    desk_close(&d);
}

TEST(feed, what_is_no_address_of_anybody_is_not_found)
{
    static const char *const names[] = { "cal_0000000000000000000000.ics", "cal_.ics", ".ics", "x", "ics" };
    struct desk d;
    char name[64];

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK_INT(feed_err(&d, names[i]), -ENOENT);
    feed_make(&d, &d.patient, name);
    CHECK_INT(JOB(&d.s, db_run(d.s.db, "UPDATE users SET disabled_utc = 1 WHERE id = $1",
                               ARGS(INT(d.patient.session.user.id)))),
              1);
    CHECK_INT(feed_err(&d, name), -ENOENT);
    *strrchr(name, '.') = '\0';
    CHECK_INT(feed_err(&d, name), -ENOENT);
    desk_close(&d);
}

TEST(feed, each_sees_his_own_without_names)
{
    struct absence x;
    char his[64], hers[64], other[64];

    absence_open(&x);
    feed_make(&x.p.d, &x.p.d.doctor, his);
    feed_make(&x.p.d, &x.p.d.patient, hers);
    feed_make(&x.p.d, &x.colleague, other);
    check_feed(&x.p.d, his, 3, "STATUS:CONFIRMED");
    check_feed(&x.p.d, hers, 2, "STATUS:CONFIRMED");
    check_feed(&x.p.d, other, 0, "BEGIN:VEVENT");
    check_feed(&x.p.d, hers, 1, "DTSTART:20251201T010000Z\r\nDTEND:20251201T012000Z\r\n");
    check_feed(&x.p.d, hers, 2, "SUMMARY:视频问诊\r\n");
    check_feed(&x.p.d, hers, 0, "dr.li");
    check_feed(&x.p.d, his, 0, "wang");
    CHECK_INT(JOB(&x.p.d.s, db_run(x.p.d.s.db, "UPDATE users SET locale = 'en'", NO_ARGS)) > 0, 1);
    check_feed(&x.p.d, hers, 2, "SUMMARY:Video consultation\r\n");
    desk_close(&x.p.d);
}

/* "SEQUENCE:n" of the only event. */
static long sequence_of(struct desk *d, const char *name)
{
    struct action *a = feed_get(d, name);
    long sequence;

    CHECK_INT(occurrences(a->answer_text, "SEQUENCE:"), 1);
    sequence = strtol(strstr(a->answer_text, "SEQUENCE:") + 9, NULL, 10);
    action_drop(a);
    return sequence;
}

TEST(feed, a_move_keeps_the_uid_and_raises_the_sequence_and_a_cancelled_one_stays_for_thirty_days)
{
    struct absence x;
    struct appointment_access now;
    struct action *a;
    char name[64], uid[64], moved[DB_ID_SIZE];
    long first, second;

    absence_open(&x);
    feed_make(&x.p.d, &x.p.d.stranger, name); /* of one booking */
    CHECK_INT(store_appointment_find(x.p.d.s.db, x.ids[1], &now), 0);
    snprintf(uid, sizeof uid, "UID:%s@", now.series);
    first = sequence_of(&x.p.d, name);
    a = ask_with(&x.p.d, &x.p.d.stranger, "POST " ONE "/reschedule",
                 "{\"appointment\":\"%s\",\"startAt\":\"%s\"}", x.ids[1], later[0]);
    CHECK_INT(a->job.err, 0);
    snprintf(moved, sizeof moved, "%s", text_at(a->answer, "appointment.id"));
    action_drop(a);
    second = sequence_of(&x.p.d, name);
    CHECK(second > first);
    check_feed(&x.p.d, name, 1, uid);
    check_feed(&x.p.d, name, 1, "DTSTART:20251208T010000Z");
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.stranger, "POST " ONE "/cancel", "{\"appointment\":\"%s\"}", moved), 0);
    CHECK(sequence_of(&x.p.d, name) > second);
    check_feed(&x.p.d, name, 1, uid);
    check_feed(&x.p.d, name, 1, "STATUS:CANCELLED");
    x.p.d.s.now += STORE_FEED_KEEP_S - 1;
    check_feed(&x.p.d, name, 1, "STATUS:CANCELLED");
    x.p.d.s.now++;
    check_feed(&x.p.d, name, 0, "BEGIN:VEVENT");
    desk_close(&x.p.d);
}

TEST(feed, who_lost_it_to_a_colleague_sees_it_cancelled)
{
    struct absence x;
    char his[64], other[64];

    absence_open(&x);
    CHECK_INT(
        ASK_ERR(&x.p.d, &x.colleague, "POST " DOCTOR "/rules", MONDAYS, x.colleague.session.user.public_id),
        0);
    feed_make(&x.p.d, &x.p.d.doctor, his);
    feed_make(&x.p.d, &x.colleague, other);
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.doctor, "POST " LEAVE,
                      "{" SPAN ",\"reason\":\"ill\",\"choices\":["
                      "{\"appointment\":\"%s\",\"action\":\"move\",\"start\":\"%s\",\"doctor\":\"%s\"},"
                      "{\"appointment\":\"%s\",\"action\":\"cancel\"},"
                      "{\"appointment\":\"%s\",\"action\":\"cancel\"}]}",
                      x.p.doctor, x.ids[0], starts[0], x.colleague.session.user.public_id, x.ids[1],
                      x.ids[2]),
              0);
    check_feed(&x.p.d, his, 3, "STATUS:CANCELLED");
    check_feed(&x.p.d, his, 3, "BEGIN:VEVENT");
    check_feed(&x.p.d, other, 1, "STATUS:CONFIRMED");
    desk_close(&x.p.d);
}

TEST(feed, a_request_is_tentative_and_a_hold_is_not_in_it)
{
    static const struct {
        const char *status;
        int events, tentative;
    } cases[] = {
        { "held", 0, 0 },
        { "pending_payment", 0, 0 },
        { "requested", 2, 2 },
        { "fulfilled", 2, 0 },
    };
    struct absence x;
    char name[64];

    absence_open(&x);
    feed_make(&x.p.d, &x.p.d.patient, name);
    CHECK_INT(db_script(x.p.d.s.db, "DROP TRIGGER appointment_move"), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(JOB(&x.p.d.s, db_run(x.p.d.s.db,
                                       "UPDATE appointment SET status = $1, hold_expires_utc = "
                                       "CASE WHEN $1 IN ('held', 'pending_payment') THEN 9999999999 END",
                                       ARGS(TEXT(cases[i].status)))),
                  BOOKINGS);
        check_feed(&x.p.d, name, cases[i].events, "BEGIN:VEVENT");
        check_feed(&x.p.d, name, cases[i].tentative, "STATUS:TENTATIVE");
    }
    desk_close(&x.p.d);
}

TEST(feed, over_http_what_is_known_is_not_sent_again)
{
    struct house h;
    struct reply *r;
    char path[128], tag[64], headers[256];

    house_open(&h);
    r = http_ask_as(&h, &h.d.patient, "POST", FEED, "{}");
    CHECK_INT(r->status, 201);
    snprintf(path, sizeof path, "%s", strstr(text_at(r->body, "url"), "/calendar/"));
    reply_free(r);
    r = http_ask(&h, "GET", path, "", "");
    CHECK_INT(r->status, 200);
    CHECK(strstr(r->head, "Content-Type: text/calendar; charset=utf-8\r\n") != NULL);
    CHECK(strstr(r->head, "Cache-Control: private, no-cache\r\n") != NULL);
    CHECK_MEM(r->text, "BEGIN:VCALENDAR\r\n", 17);
    CHECK_INT(sscanf(strstr(r->head, "ETag: "), "ETag: %60[^\r]", tag), 1);
    reply_free(r);
    snprintf(headers, sizeof headers, "If-None-Match: \"other\", W/%s\r\n", tag);
    r = http_ask(&h, "GET", path, headers, "");
    CHECK_INT(r->status, 304);
    CHECK(strstr(r->head, tag) != NULL);
    CHECK_STR(r->text, "");
    reply_free(r);
    r = http_ask(&h, "GET", path, "If-None-Match: \"other\"\r\n", "");
    CHECK_INT(r->status, 200);
    reply_free(r);
    check_problem(http_ask(&h, "GET", "/calendar/cal_none.ics", "", ""), 404, "not-found");
    house_close(&h);
}
