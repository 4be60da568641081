/* test_live.c - the Socket.IO door: who gets in, what is heard in which order, and who hears it not. */
#include "api_house.h"

#define HELLO "{\"consult\":\"%s\",\"clientId\":\"%s\",\"kind\":\"text\",\"text\":\"%s\"}"
#define ROOM  "{\"consult\":\"%s\"}"

/* Where `text` stands in what was heard. */
static size_t place(const struct live *l, const char *text)
{
    const char *at = strstr(l->heard, text);

    if (at == NULL)
        fail_msg("no \"%s\" in \"%s\"", text, l->heard);
    return (size_t)(at - l->heard);
}

struct pair { struct house h; struct live *patient, *doctor; };

/* Both in the consult's room, with all of that heard. */
static void pair_open(struct pair *p, const char *const *flags)
{
    house_open_with(&p->h, flags, 100);
    p->patient = live_open(&p->h, &p->h.d.patient);
    p->doctor = live_open(&p->h, &p->h.d.doctor);
    LIVE_OK(p->patient, 901, "consult:join", ROOM, p->h.d.consult);
    LIVE_OK(p->doctor, 901, "consult:join", ROOM, p->h.d.consult);
    (void)live_wait(p->patient, "online\":true");
    live_forget(p->patient);
    live_forget(p->doctor);
}

static void pair_close(struct pair *p)
{
    live_free(p->patient);
    live_free(p->doctor);
    house_close(&p->h);
}

TEST(live, only_a_good_token_gets_in)
{
    static const char *const bad[] = { "", "{}", "{\"token\":\"a.b.c\"}", "{\"token\":7}" };
    struct house h;

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct live *l = live_connect(&h, bad[i]);

        check_has(l->heard, "44{\"message\":");
        check_has(l->heard, "\"code\":\"unauthorized\"");
        live_free(l);
    }
    house_close(&h);
}

TEST(live, a_good_token_of_an_ended_session_does_not)
{
    struct house h;
    struct live *l;
    char auth[2048], *token;

    house_open(&h);
    CHECK(JOB(&h.d.s, store_session_revoke_user(h.d.s.db, h.d.patient.session.user.id)) == 1);
    token = house_token(&h, &h.d.patient);
    snprintf(auth, sizeof auth, "{\"token\":\"%s\"}", token);
    l = live_connect(&h, auth);
    check_has(l->heard, "\"code\":\"unauthorized\"");
    free(token);
    live_free(l);
    house_close(&h);
}

TEST(live, one_user_has_so_many_sockets_and_no_more)
{
    static const char *const flags[] = { "--sockets-per-user-max=1", NULL };
    struct house h;
    struct live *first, *second, *other;
    char auth[2048], *token;

    house_open_with(&h, flags, 100);
    first = live_open(&h, &h.d.patient);
    token = house_token(&h, &h.d.patient);
    snprintf(auth, sizeof auth, "{\"token\":\"%s\"}", token);
    second = live_connect(&h, auth);
    check_has(second->heard, "\"code\":\"rate-limited\"");
    other = live_open(&h, &h.d.doctor);
    (void)live_all(first, 1);
    free(token);
    live_free(first);
    live_free(second);
    live_free(other);
    house_close(&h);
}

TEST(live, the_sender_gets_his_answer_and_the_others_the_message_first)
{
    struct pair p;

    pair_open(&p, NULL);
    LIVE_OK(p.patient, 1, "message:send", HELLO, p.h.d.consult, "client-0001", "it hurts");
    (void)live_all(p.patient, 2);
    check_has_not(p.patient->heard, "message:new");
    check_has_not(p.patient->heard, "unread:changed");
    (void)live_all(p.doctor, 2);
    CHECK(place(p.doctor, "42[\"message:new\",") < place(p.doctor, "42[\"unread:changed\","));
    check_has(p.doctor->heard, "\"text\":\"it hurts\"");
    pair_close(&p);
}

TEST(live, ones_own_other_device_hears_the_message_too)
{
    struct pair p;
    struct live *phone;

    pair_open(&p, NULL);
    phone = live_open(&p.h, &p.h.d.patient);
    LIVE_OK(phone, 1, "consult:join", ROOM, p.h.d.consult);
    LIVE_OK(p.patient, 1, "message:send", HELLO, p.h.d.consult, "client-0001", "it hurts");
    check_has(live_all(phone, 2), "42[\"message:new\",");
    check_has_not(live_all(p.patient, 2), "message:new");
    live_free(phone);
    pair_close(&p);
}

TEST(live, a_retry_is_answered_and_heard_by_nobody)
{
    struct pair p;

    pair_open(&p, NULL);
    LIVE_OK(p.patient, 1, "message:send", HELLO, p.h.d.consult, "client-0001", "it hurts");
    (void)live_all(p.doctor, 1);
    live_forget(p.doctor);
    LIVE_OK(p.patient, 2, "message:send", HELLO, p.h.d.consult, "client-0001", "it hurts");
    (void)live_all(p.doctor, 2);
    CHECK_STR(p.doctor->heard, "432[{\"ok\":true}]\n");
    pair_close(&p);
}

TEST(live, what_is_asked_by_rest_is_heard_live)
{
    struct pair p;
    char path[128];
    struct reply *r;

    pair_open(&p, NULL);
    snprintf(path, sizeof path, "/api/v1/consultations/%s/accept", p.h.d.consult);
    r = http_ask_as(&p.h, &p.h.d.doctor, "POST", path, "");
    CHECK_INT(r->status, 200);
    reply_free(r);
    (void)live_all(p.patient, 1);
    CHECK(place(p.patient, "\"consult-accepted\"") < place(p.patient, "42[\"consult:changed\","));
    check_has(live_all(p.doctor, 1), "42[\"consult:changed\",");        /* not asked by this socket  */
    pair_close(&p);
}

TEST(live, accepted_live_the_doctor_himself_has_the_answer)
{
    struct pair p;

    pair_open(&p, NULL);
    LIVE_OK(p.doctor, 1, "consult:accept", ROOM, p.h.d.consult);
    (void)live_all(p.doctor, 2);
    check_has_not(p.doctor->heard, "consult:changed");
    CHECK(place(p.doctor, "431[{") < place(p.doctor, "42[\"message:new\","));   /* the answer first  */
    check_has(live_all(p.patient, 2), "42[\"consult:changed\",");
    pair_close(&p);
}

TEST(live, who_left_the_room_hears_only_what_concerns_himself)
{
    struct pair p;

    pair_open(&p, NULL);
    LIVE_OK(p.doctor, 1, "consult:leave", ROOM, p.h.d.consult);
    LIVE_OK(p.patient, 1, "message:send", HELLO, p.h.d.consult, "client-0001", "are you there?");
    (void)live_all(p.doctor, 2);
    check_has_not(p.doctor->heard, "message:new");
    check_has(p.doctor->heard, "unread:changed");
    pair_close(&p);
}

TEST(live, presence_is_told_to_the_room_and_stands_in_its_snapshot)
{
    static const char *const flags[] = { "--presence-grace-ms=0", NULL };
    struct pair p;

    pair_open(&p, flags);
    LIVE_OK(p.patient, 1, "consult:join", ROOM, p.h.d.consult);
    check_has(p.patient->heard, "\"online\":true");
    LIVE_OK(p.doctor, 1, "consult:leave", ROOM, p.h.d.consult);
    live_forget(p.patient);
    (void)live_wait(p.patient, "\"online\":false");
    check_has(p.patient->heard, p.h.d.doctor.session.user.public_id);
    pair_close(&p);
}

/* What the doctor hears, and the sender himself, of a typing said by `who`. */
static void typing(struct pair *p, struct live *who, const char *on)
{
    char said[160];

    house_settle(&p->h);
    live_emit(p->doctor, 800, "no:such", "{}");         /* all that was said before comes first      */
    (void)live_acked(p->doctor, 800);
    live_emit(p->patient, 800, "no:such", "{}");
    (void)live_acked(p->patient, 800);
    live_forget(p->doctor);
    live_forget(p->patient);
    live_listen(p->doctor);                     /* typing is volatile: only to who is listening      */
    live_listen(p->patient);
    snprintf(said, sizeof said, "42[\"typing\",{\"consult\":\"%s\",\"on\":%s}]", p->h.d.consult, on);
    live_say(who, said);
    (void)live_all(p->doctor, 801);
    (void)live_all(p->patient, 801);
}

TEST(live, typing_is_relayed_within_the_room_only)
{
    struct pair p;
    struct live *stranger;
    char heard[256];

    pair_open(&p, NULL);
    stranger = live_open(&p.h, &p.h.d.stranger);
    typing(&p, p.patient, "true");
    snprintf(heard, sizeof heard, "42[\"typing\",{\"consult\":\"%s\",\"user\":\"%s\",\"on\":true}]\n",
             p.h.d.consult, p.h.d.patient.session.user.public_id);
    check_has(p.doctor->heard, heard);
    check_has_not(p.patient->heard, "typing");
    typing(&p, stranger, "true");               /* is not in it                                      */
    check_has_not(p.doctor->heard, "typing");
    check_has_not(p.patient->heard, "typing");
    typing(&p, p.patient, "1");                 /* is no switch                                      */
    check_has_not(p.doctor->heard, "typing");
    typing(&p, p.patient, "true,\"text\":\"x\"");
    check_has_not(p.doctor->heard, "typing");
    live_free(stranger);
    pair_close(&p);
}

TEST(live, past_its_unanswered_requests_a_socket_is_told_busy)
{
    static const char *const flags[] = { "--jobs-per-socket-max=1", NULL };
    struct house h;
    struct live *l;
    char packets[512];

    house_open_with(&h, flags, 100);
    l = live_open(&h, &h.d.patient);
    snprintf(packets, sizeof packets, "421[\"consult:leave\"," ROOM "]\x1e" "422[\"consult:leave\"," ROOM "]",
             h.d.consult, h.d.consult);
    live_say(l, packets);                       /* both in one payload, before the first is answered */
    check_has(live_acked(l, 1), "431[{\"ok\":true");
    check_has(live_acked(l, 2), "432[{\"ok\":false,\"error\":{\"code\":\"busy\"");
    LIVE_OK(l, 3, "consult:leave", ROOM, h.d.consult);
    live_free(l);
    house_close(&h);
}

TEST(live, an_event_nobody_knows_is_refused)
{
    struct house h;
    struct live *l;

    house_open(&h);
    l = live_open(&h, &h.d.patient);
    live_emit(l, 1, "consult:steal", ROOM, h.d.consult);
    check_has(live_acked(l, 1), "431[{\"ok\":false,\"error\":{\"code\":\"bad-request\"");
    live_emit(l, 2, "connect_run", "{}");
    check_has(live_acked(l, 2), "\"code\":\"bad-request\"");
    live_free(l);
    house_close(&h);
}

/* He is asked when his token is renewed: every quarter of an hour. */
TEST(live, who_is_no_desk_any_more_hears_nothing_of_its_board)
{
    const struct user_new staff = { .role = "staff", .login = "staff", .name = "staff", .clinic = 1 };
    struct pair p;
    struct person desk;
    struct store_user user = { 0 };
    struct live *l;
    char *token;

    pair_open(&p, NULL);
    CHECK_INT(JOB(&p.h.d.s, store_user_add(p.h.d.s.db, &staff, &user)), 0);
    person_login(&p.h.d, &desk, "staff", user);
    l = live_open(&p.h, &desk);
    token = house_token(&p.h, &desk);
    LIVE_OK(p.doctor, 21, "consult:accept", "{\"consult\":\"%s\"}", p.h.d.consult);
    LIVE_OK(l, 1, "auth:renew", "{\"token\":\"%s\"}", token);
    check_has(l->heard, "42[\"queue:changed\",");
    CHECK_INT(JOB(&p.h.d.s, db_run(p.h.d.s.db, "UPDATE users SET role = 'patient', clinic_id = NULL "
                                   "WHERE id = $1", ARGS(INT(user.id)))), 1);
    LIVE_OK(l, 2, "auth:renew", "{\"token\":\"%s\"}", token);
    live_forget(l);
    LIVE_OK(p.doctor, 22, "consult:pause", "{\"consult\":\"%s\"}", p.h.d.consult);
    LIVE_OK(l, 3, "auth:renew", "{\"token\":\"%s\"}", token);
    check_has_not(l->heard, "queue:changed");
    CHECK_INT(JOB(&p.h.d.s, db_run(p.h.d.s.db, "UPDATE users SET role = 'staff', clinic_id = 1 WHERE id = $1",
                                   ARGS(INT(user.id)))), 1);
    LIVE_OK(l, 4, "auth:renew", "{\"token\":\"%s\"}", token);
    LIVE_OK(p.doctor, 23, "consult:resume", "{\"consult\":\"%s\"}", p.h.d.consult);
    LIVE_OK(l, 5, "auth:renew", "{\"token\":\"%s\"}", token);
    check_has(l->heard, "42[\"queue:changed\",");
    free(token);
    live_free(l);
    pair_close(&p);
}

TEST(live, the_socket_ends_with_its_token)
{
    static const char *const flags[] = { "--access-token-s=2", NULL };
    struct house h;
    struct live *l;
    char auth[2048], *text = NULL;
    struct token_new token;

    house_open_with(&h, flags, 100);
    token = (struct token_new){ .issuer = h.d.config.issuer, .audience = h.d.config.audience,
                                .subject = h.d.patient.session.user.public_id,
                                .session = h.d.patient.session.public_id, .role = "patient",
                                .now_utc = clock_utc(), .life_s = 2 };
    CHECK_INT(token_issue(h.d.token_key, &token, &text), 0);
    snprintf(auth, sizeof auth, "{\"token\":\"%s\"}", text);
    l = live_connect(&h, auth);
    check_has(l->heard, "40{\"sid\":");
    (void)live_wait(l, "\n1\n");                /* Engine.IO's close                                 */
    CHECK(clock_utc() >= token.now_utc + 2);
    free(text);
    live_free(l);
    house_close(&h);
}
